// The queue emulator in a process of its own: a fault in it cannot take the runner down, and the runner restarts it.
import { Server } from 'node:net'
import { startFauxqs } from 'fauxqs'

const [port, dataDir, defaultRegion] = process.argv.slice(2)
process.on('disconnect', () => process.exit(0))

// fauxqs 2.4.1 always listens on all interfaces, and it asks nobody for a password.
const { listen } = Server.prototype
Server.prototype.listen = function (options, ...rest) {
  return listen.call(this, { ...options, host: '127.0.0.1' }, ...rest)
}

const server = await startFauxqs({ port: Number(port), dataDir, defaultRegion, logger: false })
process.on('message', async (message) => {
  if (message !== 'stop') return
  await server.stop()
  process.exit(0)
})
process.send('ready')
