import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib/core'
import { afterAll, describe, expect, test } from 'vitest'
import { build } from '../../bin/app.ts'
import { StageError } from '../../bin/choices.ts'
import { dev, load, prod, stages } from '../../bin/stages.ts'
import { variantOf, variantsOf } from '../../bin/variants.ts'
import { checkStage } from '../../lib/stage/check-stage.ts'
import { maxConnections } from '../../lib/stage/sizes.ts'
import { buses, type Stage, sigfoxDoors } from '../../lib/stage/stage.ts'

const outdir = mkdtempSync(join(tmpdir(), 'sluice-stage-'))
afterAll(() => rmSync(outdir, { recursive: true }))

const certificateArn = 'arn:aws:acm:eu-north-1:111122223333:certificate/00000000-0000-0000-0000-000000000000'
const container = variantOf(dev, 'sqs', 'container')

describe('a stage that cannot work is refused', () => {
  const faults: [title: string, stage: Stage, fault: RegExp][] = [
    [
      'a batch above 10 without a window',
      { ...dev, raw: { ...dev.raw, batchSize: 100 } },
      /^raw\.batchSize is 100 and raw\.windowSeconds 0; .* at least 1 s\.$/,
    ],
    [
      'a window above 300 s',
      { ...dev, pulse: { ...dev.pulse, windowSeconds: 301 } },
      /^pulse\.windowSeconds .* 0 to 300 s/,
    ],
    [
      'a batch beyond 6 MB',
      { ...prod, raw: { ...prod.raw, batchSize: 6_001 } },
      /^raw\.batchSize is 6001; .* 1 to 6000 .* 6 MB/,
    ],
    ['an empty batch', { ...dev, raw: { ...dev.raw, batchSize: 0 } }, /^raw\.batchSize is 0/],
    [
      'half a record in a batch',
      { ...dev, raw: { ...dev.raw, batchSize: 2.5 } },
      /^raw\.batchSize is 2\.5; .* whole number/,
    ],
    [
      'a concurrency below what SQS allows',
      { ...dev, raw: { ...dev.raw, maxConcurrency: 1 } },
      /^raw\.maxConcurrency .* 2 to 1000/,
    ],
    ['too little memory', { ...dev, raw: { ...dev.raw, memoryMiB: 64 } }, /^raw\.memoryMiB .* 128 to 10240 MiB/],
    [
      'a worker of 16 minutes',
      { ...dev, raw: { ...dev.raw, timeoutSeconds: 960 } },
      /^raw\.timeoutSeconds .* 1 to 900 s/,
    ],
    [
      'a timeout too short for six hours of tries',
      { ...dev, raw: { ...dev.raw, timeoutSeconds: 3 } },
      /^raw\.timeoutSeconds is 3: .* 1200 tries.* 4 s or more/,
    ],
    [
      'an API timeout beyond that of API Gateway',
      { ...dev, api: { ...dev.api, timeoutSeconds: 31 } },
      /^api\.timeoutSeconds .* 1 to 30 s/,
    ],
    [
      'more connections than the database may give',
      { ...dev, raw: { ...dev.raw, maxConcurrency: 60 } },
      /may hold 130 database connections .* t4g\.small offers 168, and 70 % of them \(117\) may be planned/,
    ],
    ['no task', { ...dev, gateway: { ...dev.gateway, minTasks: 0 } }, /^gateway\.minTasks is 0; .* 1 to 100/],
    [
      'a maximum of tasks below the minimum',
      { ...prod, gateway: { ...prod.gateway, minTasks: 3, maxTasks: 2 } },
      /^gateway\.maxTasks is 2; .* 3 to 100, and not below gateway\.minTasks/,
    ],
    [
      'a limit of zero requests',
      { ...dev, throttle: { ...dev.throttle, readings: { requestsPerSecond: 0, burst: 1 } } },
      /^throttle\.readings\.requestsPerSecond is 0; .* 1 to 10000/,
    ],
    [
      'an unknown region',
      { ...dev, region: 'eu-west-9' },
      /^region is "eu-west-9", .* like eu-west-1, or leave it empty/,
    ],
    [
      'a Sigfox gateway without a certificate',
      { ...dev, sigfoxDoor: 'container' },
      /^domains\.callbacks is null; with sigfoxDoor container it must have a name and a certificateArn/,
    ],
    [
      'a certificate that is not in ACM',
      { ...dev, domains: { ...dev.domains, api: { name: 'meters.example.com', certificateArn: 'arn:aws:iam::1:x' } } },
      /^domains\.api\.certificateArn is "arn:aws:iam::1:x"; .* in ACM/,
    ],
    [
      'a certificate in another region',
      { ...dev, region: 'eu-west-1', domains: { ...dev.domains, api: { name: 'meters.example.com', certificateArn } } },
      /^domains\.api\.certificateArn is in eu-north-1 and region is eu-west-1/,
    ],
    [
      'a domain that is not a host name',
      { ...dev, domains: { ...dev.domains, api: { name: 'https://meters', certificateArn } } },
      /^domains\.api\.name is "https:\/\/meters"; .* like meters\.example\.com/,
    ],
    [
      'a linger too long for callbacks',
      { ...container, gateway: { ...dev.gateway, lingerMilliseconds: 2_000 } },
      /^gateway\.lingerMilliseconds is 2000; .* 1 to 1000 ms: the callback waits for it/,
    ],
    [
      'a drain longer than the stop timeout',
      { ...prod, gateway: { ...prod.gateway, drainSeconds: 111 } },
      /^gateway\.drainSeconds .* 1 to 110 s/,
    ],
    [
      'a size that Fargate does not offer',
      { ...dev, gateway: { ...dev.gateway, memoryMiB: 4096 } },
      /^gateway\.cpuUnits 256 with gateway\.memoryMiB 4096/,
    ],
    ['no linger', { ...dev, gateway: { ...dev.gateway, lingerMilliseconds: 0 } }, /^gateway\.lingerMilliseconds is 0/],
    [
      'a disk below the minimum of gp3',
      { ...dev, database: { ...dev.database, storageGiB: 10 } },
      /^database\.storageGiB .* 20 to 65536 GiB/,
    ],
    [
      'a maximum disk size below the disk size',
      { ...dev, database: { ...dev.database, maxStorageGiB: 19 } },
      /^database\.maxStorageGiB is 19; .* 22 to 65536 GiB: RDS wants at least a tenth more/,
    ],
    [
      'a maximum disk size that leaves no room to grow',
      { ...dev, database: { ...dev.database, maxStorageGiB: 21 } },
      /^database\.maxStorageGiB is 21; .* 22 to 65536 GiB/,
    ],
    [
      'a database without the memory for sign-in by IAM',
      { ...dev, database: { ...dev.database, instanceClass: 't4g.micro' } },
      /^database\.instanceClass is t4g\.micro; sign-in by IAM .* use t4g\.small or larger/,
    ],
    [
      'keepData without backups',
      { ...prod, database: { ...prod.database, backupDays: 0 } },
      /^database\.backupDays .* 1 to 35 when keepData/,
    ],
    [
      'an alarm address that is not an address',
      { ...dev, watch: { alarmEmail: 'operations', silenceHours: 0 } },
      /^watch\.alarmEmail is "operations"; .* or empty to send no mail/,
    ],
    [
      'an alarm after two days of silence',
      { ...dev, watch: { alarmEmail: '', silenceHours: 48 } },
      /^watch\.silenceHours .* 0 to 24 hours/,
    ],
    [
      'raw messages kept longer than they are accepted',
      { ...dev, rawRetentionDays: 401 },
      /^rawRetentionDays .* 1 to 400 days/,
    ],
    [
      'batch columns without a field',
      { ...dev, sigfox: { ...dev.sigfox, batchColumns: 'device;time;data' } },
      /^sigfox\.batchColumns has no column seqNumber/,
    ],
    [
      'production without keepData',
      { ...prod, keepData: false, protected: false },
      /^keepData is false; in prod it must be true\.$/,
    ],
    ['protection of what is not kept', { ...dev, protected: true }, /^protected is true and keepData false; /],
  ]
  test.each(faults)('%s', (_, stage, fault) => {
    expect(checkStage(stage)).toEqual([expect.stringMatching(fault)])
  })

  test('with all faults at once, before any stack is made', () => {
    const app = new App({ outdir })
    const broken = {
      ...prod,
      name: 'broken',
      keepData: false,
      rawRetentionDays: 0,
      raw: { ...prod.raw, windowSeconds: 0 },
    }
    stages.broken = broken
    try {
      expect(() => build('broken', app)).toThrow(StageError)
      expect(() => build('broken', app)).toThrow(/raw\.batchSize.*\n.*rawRetentionDays/)
      expect(app.node.children.filter(({ node }) => node.id.startsWith('sluice'))).toEqual([])
    } finally {
      delete stages.broken
    }
  })

  test('the name of a property that every object has is not a stage', () => {
    expect(() => build('constructor')).toThrow('There is no stage "constructor"; choose one of dev, load, prod')
  })

  test('an unknown name gives one sentence with the known ones, without a stack trace', () => {
    const run = spawnSync('node', ['bin/app.ts'], {
      encoding: 'utf8',
      env: { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify({ env: 'staging' }) },
    })
    expect(run.status).toBe(1)
    expect(run.stderr).toBe('There is no stage "staging"; choose one of dev, load, prod with -c env=NAME.\n')
  })
})

test('the stages of bin/ have no fault on any bus or behind any door', () => {
  const variants = buses.flatMap((bus) => sigfoxDoors.flatMap((door) => variantsOf(bus, door)))
  expect(variants).toHaveLength(12)
  expect([dev, load, prod, ...variants].flatMap(checkStage)).toEqual([])
})

describe('on the command line', () => {
  const run = (context: Record<string, string>) =>
    spawnSync('node', ['bin/app.ts'], {
      encoding: 'utf8',
      env: { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context) },
    })

  test('an unknown door gives one sentence with the known ones', () => {
    const { status, stderr } = run({ door: 'window' })
    expect(status).toBe(1)
    expect(stderr).toBe('There is no Sigfox door "window"; choose one of lambda, container with -c door=NAME.\n')
  })

  test('a domain without its certificate is refused', () => {
    expect(run({ door: 'container', domain: 'callbacks.example.com' }).stderr).toBe(
      '-c domain=NAME and -c certificate=ARN belong together; give both or neither.\n',
    )
  })

  test('all faults are reported at once', () => {
    const { status, stderr } = run({ env: 'staging', bus: 'x', door: 'y', certificate: 'z' })
    expect(status).toBe(1)
    expect(stderr.split('\n')).toEqual([
      'There is no stage "staging"; choose one of dev, load, prod with -c env=NAME.',
      'There is no bus "x"; choose one of sqs, kinesis with -c bus=NAME.',
      'There is no Sigfox door "y"; choose one of lambda, container with -c door=NAME.',
      '-c domain=NAME and -c certificate=ARN belong together; give both or neither.',
      '',
    ])
  })
})

test('a door and its domain on the command line replace those of the literal', () => {
  const app = new App({ outdir, context: { 'aws:cdk:bundling-stacks': [] } })
  const domain = 'callbacks.example.com'
  expect(build('dev', app, { door: 'container', domain, certificate: certificateArn }).stage).toMatchObject({
    sigfoxDoor: 'container',
    domains: { api: null, callbacks: { name: domain, certificateArn } },
  })
})

test('connections are counted as RDS counts them, of three quarters of the memory', () => {
  expect(['t4g.micro', 't4g.small', 't4g.medium', 't4g.large'].map((c) => maxConnections(c as 't4g.micro'))).toEqual([
    84, 168, 337, 675,
  ])
})
