// One execution environment of a function: imports the real bundle and answers one event after another.
import { pathToFileURL } from 'node:url'

const [bundle, exported] = process.argv.slice(2)

// The runner has ended or was killed: no answer is awaited any more.
process.on('disconnect', () => process.exit(0))

const module = await import(pathToFileURL(bundle).href)
const handler = module[exported] ?? module.default?.[exported]
if (typeof handler !== 'function') throw new Error(`${bundle} exports no function ${exported}`)

const contextOf = (requestId, deadlineMs) => ({
  functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: '$LATEST',
  invokedFunctionArn: process.env.SLUICE_LOCAL_FUNCTION_ARN,
  memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  awsRequestId: requestId,
  getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
})

process.on('message', async ({ requestId, event, deadlineMs }) => {
  try {
    const payload = await handler(event, contextOf(requestId, deadlineMs))
    process.send({ requestId, payload: payload ?? null })
  } catch (error) {
    console.error(error)
    process.send({ requestId, error: { type: error?.name ?? 'Error', message: String(error?.message ?? error) } })
  }
})
process.send('ready')
