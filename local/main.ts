import './require-node.mjs'
import { SettingsError } from '../adapters/process/settings.ts'
import { howToTry } from './how-to-try.ts'
import { readOverrides } from './process/overrides.ts'
import { openScreen } from './process/screen.ts'
import { createShutdown } from './process/shutdown.ts'
import { StartFault } from './process/starting.ts'
import { startLocal } from './start.ts'
import { showStatus } from './status.ts'

/** npm forwards a Ctrl-C that the terminal has already sent us: a second one within this time is the same one. */
const sameSignalMs = 1_000

const startedAt = Date.now()
const screen = openScreen(process.stdout)
const shutdown = createShutdown(screen.line)
const running = new AbortController()

const leave = async (exitCode: number) => {
  running.abort()
  await shutdown.run()
  if (exitCode === 0) screen.line('stopped')
  process.exit(exitCode)
}

let askedAt = 0
const onSignal = () => {
  if (askedAt > 0 && Date.now() - askedAt < sameSignalMs) return
  if (askedAt > 0) process.exit(1)
  askedAt = Date.now()
  screen.block([])
  screen.line('stopping; Ctrl-C again to stop at once')
  void leave(0)
}
process.on('SIGINT', onSignal)
process.on('SIGTERM', onSignal)

try {
  const overrides = readOverrides(process.env)
  const local = await startLocal(overrides, { report: screen.line, shutdown })
  screen.line(howToTry(local, overrides))
  screen.line(`ready after ${((Date.now() - startedAt) / 1000).toFixed(1)} s`)
  showStatus(local, screen, running.signal)
} catch (error) {
  if (askedAt === 0) {
    const foreseen = error instanceof StartFault || error instanceof SettingsError
    console.error(foreseen ? error.message : error)
    await leave(1)
  }
}
