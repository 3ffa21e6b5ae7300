import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'

/** Runs a script beside a watchdog of half a second; answers how it ended, and what it said. */
const run = async (script: string) => {
  const code = `import { endWhenLoopStands } from './door/watchdog.ts'; endWhenLoopStands(0.5); ${script}`
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', code], { stdio: 'pipe' })
  let said = ''
  const hear = (chunk: Buffer) => {
    said += chunk
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const [exitCode, signal] = await once(child, 'close')
  return { exitCode, signal, said }
}

test('a process whose event loop stands is ended, and says so', async () => {
  const { signal, said } = await run('setTimeout(() => { for (;;); }, 300)')
  expect(signal).toBe('SIGKILL')
  expect(JSON.parse(said)).toMatchObject({ level: 'error', event: 'event_loop_stands', seconds: 0.5 })
})

test('a process that works in short stretches goes on, and one that has ended is not kept', async () => {
  const busy = `for (let n = 0; n < 30; n++) {
    const until = Date.now() + 50
    while (Date.now() < until);
    await new Promise((resolve) => setTimeout(resolve, 5))
  }`
  expect(await run(busy)).toEqual({ exitCode: 0, signal: null, said: '' })
})
