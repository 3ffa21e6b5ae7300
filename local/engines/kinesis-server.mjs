// The stream emulator, in a process of its own.
import { Server } from 'node:net'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const [port, region, accountId] = process.argv.slice(2)
process.on('disconnect', () => process.exit(0))
process.on('message', (message) => {
  if (message === 'stop') process.exit(0)
})

// kinesis-local 0.6.2 always listens on all interfaces, also on a second port for TLS, and checks no credentials. It is
// ready when it listens on the plain port.
const { listen } = Server.prototype
Server.prototype.listen = function (asked, ...rest) {
  if (Number(asked) === Number(port)) this.once('listening', () => process.send('ready'))
  return listen.call(this, { port: Number(asked), host: '127.0.0.1' }, rest.at(-1))
}

Object.assign(process.env, {
  KINESIS_MOCK_PLAIN_PORT: port,
  KINESIS_MOCK_TLS_PORT: '0',
  AWS_REGION: region,
  AWS_ACCOUNT_ID: accountId,
  LOG_LEVEL: 'ERROR',
  CREATE_STREAM_DURATION: '0ms',
})
// It reads its certificate from the working folder.
process.chdir(dirname(fileURLToPath(import.meta.resolve('kinesis-local'))))
await import('kinesis-local')
