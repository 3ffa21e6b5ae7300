// Runs the container's program. It ends with the runner, and the channel to the runner does not keep it alive.
import { pathToFileURL } from 'node:url'

process.on('disconnect', () => process.exit(0))
process.channel.unref()
await import(pathToFileURL(process.argv[2]).href)
