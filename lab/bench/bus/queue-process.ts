import { startFauxqs } from 'fauxqs'

/** The queue emulator with one queue. It runs in its own process, so that its CPU is not counted as the door's. */
const region = 'eu-west-1'
const { port } = await startFauxqs({ port: 0, logger: false, init: { region, queues: [{ name: 'bench' }] } })
const endpoint = `http://127.0.0.1:${port}`
process.stdout.write(`${JSON.stringify({ event: 'ready', endpoint, queueUrl: `${endpoint}/000000000000/bench` })}\n`)
