import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { startFauxqs } from 'fauxqs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rawItemCodec } from '../../../adapters/pack/items.ts'
import { unpackItems } from '../../../adapters/pack/pack.ts'
import { setting } from '../../../contract/settings.ts'
import { awsEnvironment } from '../../../local/process/overrides.ts'
import { openCloud } from '../../../local/template/cloud.ts'
import { declaredGateways, type Gateway } from '../../../local/template/gateways.ts'
import { synthesise } from '../../../local/template/synthesise.ts'
import { adeunisDatagram } from '../../../test/support/datagrams.ts'
import { serve } from '../../../test/support/sqs-queue.ts'
import { eventually, openSender } from '../../../test/support/udp-gateway-client.ts'
import { readDockerfile } from '../../image-lint/dockerfile.ts'
import { execForm } from '../../image-lint/rules.ts'

const scratch = mkdtempSync(join(tmpdir(), 'sluice-image-'))
chmodSync(scratch, 0o755)
let bus: Awaited<ReturnType<typeof startFauxqs>>
let secrets: Awaited<ReturnType<typeof serve>>
let gateways: Gateway[]
const started: ChildProcess[] = []

beforeAll(async () => {
  bus = await startFauxqs({ port: 0, logger: false })
  secrets = await serve((_, response) => {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
    response.end(JSON.stringify({ SecretString: JSON.stringify({ current: 'sesame' }) }))
  })
  const stage = { name: 'dev', bus: 'sqs', sigfoxDoor: 'container' } as const
  const assembly = await synthesise(stage, join(scratch, 'cdk.out'), AbortSignal.timeout(100_000))
  const addresses = { busUrl: `http://127.0.0.1:${bus.port}`, databaseHost: '127.0.0.1', databasePort: 1 }
  gateways = declaredGateways(openCloud(assembly, addresses))
})
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL')
  secrets.close()
  await bus.stop()
  rmSync(scratch, { recursive: true, force: true })
})

/** The user of the image, if this machine lets us switch to it and it can run Node; otherwise our own user. */
const user = (() => {
  const image = { uid: 10_001, gid: 10_001 }
  const may = process.getuid?.() === 0 && spawnSync(process.execPath, ['--version'], image).status === 0
  return may ? image : {}
})()

/** Our part of the image's file system: one file, and no permission to write. */
const readOnlyImage = (folder: string, name: string) => {
  const app = join(scratch, name)
  mkdirSync(app)
  copyFileSync(join(folder, 'gateway.mjs'), join(app, 'gateway.mjs'))
  chmodSync(join(app, 'gateway.mjs'), 0o444)
  chmodSync(app, 0o555)
  return app
}

const lastOf = (folder: string, keyword: 'CMD' | 'HEALTHCHECK' | 'ENV') => {
  const instructions = readDockerfile(readFileSync(join(folder, 'Dockerfile'), 'utf8')).at(-1)?.instructions
  return instructions?.findLast((one) => one.keyword === keyword)?.rest ?? ''
}

/** The words that the Dockerfile runs, after `node`. */
const wordsOf = (folder: string, keyword: 'CMD' | 'HEALTHCHECK') =>
  (execForm(lastOf(folder, keyword).replace(/^CMD /, '')) ?? []).slice(1)

const environmentOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    lastOf(folder, 'ENV')
      .split(' ')
      .map((pair) => pair.split('=')),
  )

/** Starts what the image would start, with the environment of the template; only addresses and times are local. */
const startImage = async (port: typeof setting.udpPort | typeof setting.httpPort) => {
  const declared = gateways.find(({ environment }) => port in environment)
  if (!declared) throw new Error(`no container has ${port}`)
  const folder = dirname(declared.program)
  const topic = new URL(declared.environment[setting.rawTopicUrl] ?? '').pathname.split('/').at(-1) ?? ''
  bus.createQueue(topic)
  const environment = {
    ...environmentOf(folder),
    ...declared.environment,
    ...awsEnvironment({ busUrl: `http://127.0.0.1:${bus.port}`, secretsUrl: `http://127.0.0.1:${secrets.port}` }),
    [port]: '0',
    [setting.healthPort]: '0',
    [setting.drainSeconds]: '0',
  }
  const app = readOnlyImage(folder, port)
  const child = spawn(process.execPath, wordsOf(folder, 'CMD'), {
    cwd: app,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
    ...user,
  })
  started.push(child)
  const lines: Record<string, unknown>[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)))
  const ready = await eventually(
    async () => lines.find(({ event }) => event === 'ready'),
    (line) => line !== undefined,
    30_000,
  )
  const ports = ready as { udpPort?: number; httpPort?: number; healthPort: number }
  return {
    ...ports,
    app,
    /** The exit code of the image's health check. */
    check: async () => {
      const env = { [setting.healthPort]: String(ports.healthPort) }
      const [code] = await once(spawn(process.execPath, wordsOf(folder, 'HEALTHCHECK'), { env, ...user }), 'exit')
      return code as number
    },
    stop: async () => {
      child.kill('SIGTERM')
      const [code] = await once(child, 'exit')
      return code as number
    },
    items: () =>
      (bus.inspectQueue(topic)?.messages.ready ?? []).flatMap(({ body }) =>
        unpackItems(rawItemCodec, Buffer.from(body, 'base64')),
      ),
  }
}

test('the image of the UDP gateway takes a datagram as an unprivileged user in a read-only folder, and stops when told', async () => {
  const image = await startImage(setting.udpPort)
  expect(await image.check()).toBe(0)
  const sender = openSender(image.udpPort ?? 0)
  sender.send(adeunisDatagram(7))
  const items = await eventually(
    async () => image.items(),
    ({ length }) => length === 1,
  )
  expect(items).toMatchObject([{ kind: 'adeunis-nbiot', payload: adeunisDatagram(7) }])
  sender.close()
  expect(await image.stop()).toBe(0)
  expect(await image.check()).toBe(1)
  expect(readdirSync(image.app)).toEqual(['gateway.mjs'])
})

test('the image of the Sigfox gateway takes a callback as an unprivileged user in a read-only folder, and stops when told', async () => {
  const image = await startImage(setting.httpPort)
  expect(await image.check()).toBe(0)
  const post = (token: string) =>
    fetch(`http://127.0.0.1:${image.httpPort}/sigfox/uplink`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{"device":"C0FFEE","time":1735689600,"data":"46","seqNumber":7}',
    })
  expect((await post('open')).status).toBe(403)
  expect((await post('sesame')).status).toBe(204)
  expect(image.items()).toMatchObject([{ kind: 'sigfox-data', deviceId: 'C0FFEE', seqNumber: 7 }])
  expect(await image.stop()).toBe(0)
  expect(await image.check()).toBe(1)
  expect(readdirSync(image.app)).toEqual(['gateway.mjs'])
})
