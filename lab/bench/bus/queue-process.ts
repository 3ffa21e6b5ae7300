import { startFauxqs } from 'fauxqs'

/** The queue emulator with one queue, in a process of its own, so that its CPU is not measured as somebody else's. */
const region = 'eu-west-1'
const { port } = await startFauxqs({ port: 0, logger: false, init: { region, queues: [{ name: 'bench' }] } })
const endpoint = `http://127.0.0.1:${port}`
process.stdout.write(`${JSON.stringify({ event: 'ready', endpoint, queueUrl: `${endpoint}/000000000000/bench` })}\n`)
