// Runs the container's command so that it cannot outlive the runner; the pipe to it must not keep the gateway alive.
import { pathToFileURL } from 'node:url'

process.on('disconnect', () => process.exit(0))
process.channel.unref()
await import(pathToFileURL(process.argv[2]).href)
