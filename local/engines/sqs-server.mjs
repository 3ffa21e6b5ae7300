// The queue emulator, in a process of its own: if it fails, the runner goes on and restarts it.
import { Server } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { startFauxqs } from 'fauxqs'

const [port, dataDir, defaultRegion, synchronous] = process.argv.slice(2)
process.on('disconnect', () => process.exit(0))

// fauxqs 2.4.1 always listens on all interfaces and checks no credentials.
const { listen } = Server.prototype
Server.prototype.listen = function (options, ...rest) {
  return listen.call(this, { ...options, host: '127.0.0.1' }, ...rest)
}

// It waits for the disk whenever a message is sent, received or deleted. With PostgreSQL on the same disk, a
// confirmation took 100 ms at p99, and 36 ms in a scratch run (NORMAL), which does not wait.
let isSet = false
const { exec } = DatabaseSync.prototype
DatabaseSync.prototype.exec = function (sql) {
  exec.call(this, sql)
  if (!sql.startsWith('PRAGMA journal_mode')) return
  exec.call(this, `PRAGMA synchronous = ${synchronous}`)
  isSet = true
}

const server = await startFauxqs({ port: Number(port), dataDir, defaultRegion, logger: false })
if (!isSet) throw new Error('fauxqs no longer opens its database as 2.4.1 does: check how it waits for the disk')
process.on('message', async (message) => {
  if (message !== 'stop') return
  await server.stop()
  process.exit(0)
})
process.send('ready')
