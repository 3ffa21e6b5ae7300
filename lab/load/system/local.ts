import { fork } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Doors, HostAnswer, HostQuestion, HostSettings, Look } from './messages.ts'
import { LoadFault, type System } from './system.ts'

const lookLimitMs = 5_000
const stopLimitMs = 60_000
const token = 'load'

/** Starts the whole local system in a scratch folder, on free ports. */
export const startLocalSystem = async (
  settings: Pick<HostSettings, 'bus' | 'stage' | 'timeScale' | 'assemblyFolder'>,
  report: (line: string) => void,
): Promise<System> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sluice-load-'))
  const host = fork(new URL('./host.ts', import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ended = once(host, 'exit')
  const ask = (question: HostQuestion) => host.connected && host.send(question, () => undefined)
  const answers = (take: (answer: HostAnswer) => void) => host.on('message', take)

  const stop = async (keepLogs: boolean) => {
    ask('stop')
    const patience = new AbortController()
    const kill = pause(stopLimitMs, null, { signal: patience.signal }).then(
      () => host.kill('SIGKILL'),
      () => undefined,
    )
    await ended
    patience.abort()
    await kill
    const logs = resolve('.data', `load-${process.pid}-logs`)
    if (keepLogs) cpSync(join(dataDir, 'logs'), logs, { recursive: true })
    rmSync(dataDir, { recursive: true, force: true })
    return keepLogs ? logs : null
  }

  let doors: Doors
  try {
    doors = await new Promise<Doors>((ready, failed) => {
      answers((answer) => {
        if ('report' in answer) report(answer.report)
        if ('ready' in answer) ready(answer.ready)
        if ('fault' in answer) failed(new LoadFault(`The local system did not start: ${answer.fault}`))
      })
      void ended.then(() => failed(new LoadFault('The local system ended while it was starting.')))
      ask({ start: { ...settings, dataDir, token } })
    })
  } catch (error) {
    await stop(false)
    throw error
  }

  const looks: ((look: Look) => void)[] = []
  answers((answer) => {
    if ('look' in answer) for (const take of looks.splice(0)) take(answer.look)
  })
  const look = () =>
    Promise.race([
      new Promise<Look>((take) => {
        looks.push(take)
        ask('look')
      }),
      pause(lookLimitMs, null, { ref: false }).then(() => {
        throw new LoadFault('The local system does not report its state.')
      }),
    ])
  return {
    ...doors,
    apiUrl: doors.httpUrl,
    udpHost: '127.0.0.1',
    token,
    bus: settings.bus,
    dataDir,
    look,
    runnerPid: host.pid ?? null,
    stop,
  }
}
