import { readFileSync, rmSync } from 'node:fs'
import { Template } from 'aws-cdk-lib/assertions'
import { App } from 'aws-cdk-lib/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { build } from '../../bin/app.ts'
import { dev, stages } from '../../bin/stages.ts'
import { setting } from '../../contract/settings.ts'
import { label, vital } from '../../contract/vitals.ts'
import { readFieldNames } from '../../core/sigfox/body.ts'
import { startGateway as startHttp } from '../../http-gateway/gateway.ts'
import { buses, sigfoxDoors } from '../../lib/stage/stage.ts'
import { anchor, runbook } from '../../lib/watch/runbook.ts'
import { startGateway as startUdp } from '../../udp-gateway/gateway.ts'
import { memoryStream } from '../support/memory-stream.ts'
import { context, resources, synthesise } from '../support/templates.ts'

const headings = [...readFileSync('docs/runbook.md', 'utf8').matchAll(/^## (.+)$/gm)].map(
  ([, heading]) => heading ?? '',
)

/** Names of the metrics that the gateways write, by lane. */
const written = { nbiot: [] as string[], sigfox: [] as string[] }
beforeAll(async () => {
  const shared = { healthPort: 0, lingerMs: 1, queueBytes: 1e6 }
  const udp = await startUdp({ ...shared, udpPort: 0, receiveBufferBytes: 65_536, rejectsPerSecond: 1 }, memoryStream())
  const callback = { fieldNames: readFieldNames({}), batchColumns: [] }
  const http = await startHttp({ ...shared, httpPort: 0, callback }, memoryStream(), async () => false)
  for (const [lane, gateway] of [['nbiot', udp] as const, ['sigfox', http] as const]) {
    // The report adds the event loop delay, and the confirmation time once a message was confirmed.
    const measured = [vital.eventLoopDelaySeconds, vital.confirmSeconds, ...Object.keys(gateway.measured())]
    written[lane] = [...Object.keys(await gateway.read()), ...measured]
    await gateway.stop(0)
  }
})

interface Stat {
  Namespace: string
  MetricName: string
  Stat: string
  Dimensions?: { Name: string; Value: { Ref?: string } }[]
}

describe.each(synthesise(buses, sigfoxDoors))(
  '$stage.name on $stage.bus behind $stage.sigfoxDoor is watched',
  ({ stage, data, ingest }) => {
    const alarms = resources(ingest, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties)
    /** CDK writes a metric with a label as a list of one. */
    const stats: Stat[] = alarms.flatMap((alarm) =>
      (alarm.Metrics ?? []).flatMap(({ MetricStat }: { MetricStat?: { Metric: object } }) =>
        MetricStat ? [{ ...MetricStat.Metric, ...MetricStat }] : [],
      ),
    )
    const text = JSON.stringify(alarms)
    /** True if an alarm mentions the resource, of either stack. */
    const mentions = (id: string) => text.includes(`"${id}"`) || new RegExp(`"PublishOutput\\w*${id}`).test(text)

    test('every alarm has a severity, a sentence on what it means, and a link to the runbook (P33)', () => {
      expect(alarms.length).toBeGreaterThan(50)
      for (const { AlarmName, AlarmDescription } of alarms) {
        expect(AlarmName).toMatch(new RegExp(`^sluice-${stage.name} (page|warn) R\\d+ .+`))
        const [, severity, number] = AlarmName.split(' ')
        const [, ownSeverity, sentence, link] = /^(page|warn): (.+[.]) Runbook: (\S+)$/.exec(AlarmDescription) ?? []
        expect(ownSeverity).toBe(severity)
        expect(sentence?.length).toBeGreaterThan(40)
        expect(headings.map(anchor)).toContain(link)
        expect(link).toContain(`#${number.toLowerCase()}-`)
      }
      expect(new Set(alarms.map(({ AlarmName }) => AlarmName)).size).toBe(alarms.length)
    })

    test('every alarm reports its start and end, needs M of N periods, and gives missing data a meaning', () => {
      const [[topic]] = resources(ingest, 'AWS::SNS::Topic') as [[string, unknown]]
      for (const alarm of alarms) {
        expect(alarm.AlarmActions).toEqual([{ Ref: topic }])
        expect(alarm.OKActions).toEqual([{ Ref: topic }])
        expect(alarm.EvaluationPeriods).toBeGreaterThan(1)
        expect(alarm.DatapointsToAlarm).toBeLessThanOrEqual(alarm.EvaluationPeriods)
        const heartbeat =
          alarm.ComparisonOperator === 'LessThanThreshold' && !/storage|memory|Certificate/.test(alarm.AlarmName)
        expect(alarm.TreatMissingData).toBe(heartbeat ? 'breaching' : 'notBreaching')
      }
    })

    test('no alarm watches a mean, which would hide the slowest', () => {
      expect(stats.length).toBeGreaterThan(50)
      expect(stats.filter(({ Stat }) => Stat === 'Average')).toEqual([])
    })

    test.each([
      'AWS::SQS::Queue',
      'AWS::Kinesis::Stream',
      'AWS::RDS::DBInstance',
      'AWS::ElasticLoadBalancingV2::LoadBalancer',
    ])('every %s has an alarm (P33)', (type) => {
      const ids = resources(data, type).map(([id]) => id)
      expect(ids.filter((id) => !mentions(id))).toEqual([])
    })

    test.each([
      'AWS::ECS::Service',
      'AWS::ElasticLoadBalancingV2::TargetGroup',
      'AWS::Lambda::EventSourceMapping',
      'AWS::ApiGatewayV2::Api',
    ])('every %s has an alarm (P33)', (type) => {
      const ids = resources(ingest, type).map(([id]) => id)
      expect(ids.length).toBeGreaterThan(0)
      expect(ids.filter((id) => !mentions(id))).toEqual([])
    })

    test('every function of ours has an alarm on its errors (P33)', () => {
      const watched = stats
        .filter(({ MetricName }) => MetricName === 'Errors')
        .map(({ Dimensions }) => Dimensions?.[0]?.Value.Ref)
      const functions = resources(ingest, 'AWS::Lambda::Function')
        .filter(([, { Properties }]) => Properties.Handler === 'index.handler')
        .map(([id]) => id)
      expect(watched.sort()).toEqual(functions.sort())
    })

    test('alarms use the names and labels under which the processes write metrics', () => {
      const own = stats.filter(({ Namespace }) => Namespace === `Sluice/${stage.name}`)
      expect(own.length).toBeGreaterThan(5)
      expect(own.filter(({ MetricName }) => !(Object.values(vital) as string[]).includes(MetricName))).toEqual([])
      const labels = own.flatMap(({ Dimensions = [] }) => Dimensions.map(({ Name }) => Name))
      expect([...new Set(labels)].sort()).toEqual([label.lane, label.step])
    })

    test('alarms on a door use only metrics that this door writes', () => {
      const doorMetrics = stats.filter(({ Dimensions = [] }) =>
        Dimensions.some(({ Value }) => String(Value) === 'door'),
      )
      const laneOf = ({ Dimensions = [] }: Stat) => String(Dimensions.find(({ Name }) => Name === label.lane)?.Value)
      const expected = stage.sigfoxDoor === 'container' ? ['nbiot', 'sigfox'] : ['nbiot']
      expect([...new Set(doorMetrics.map(laneOf))].sort()).toEqual(expected)
      for (const stat of doorMetrics) expect(written[laneOf(stat) as 'nbiot']).toContain(stat.MetricName)
    })

    test('the alarms that the runbook names exist', () => {
      const words = alarms.map(({ AlarmName }) => AlarmName.split(' ').slice(3).join(' '))
      const gateways = stage.sigfoxDoor === 'container' ? ['UDP gateway', 'callback gateway'] : ['UDP gateway']
      expect(words).toEqual(
        expect.arrayContaining([
          'Functions throttled',
          'More than 1 % of sigfox is refused',
          'More than 1 % of nbiot is refused',
          'Datagrams blocked on their way to the tasks',
          'Raw workers work too much for each message',
          'Callbacks without a valid token',
          ...(stage.sigfoxDoor === 'container' ? ['Callbacks fail', 'Certificate of callbacks'] : []),
          ...gateways.flatMap((name) =>
            ['sheds', 'queue', 'is confirmed late', 'stalls', 'CPU'].map((what) => `${name} ${what}`),
          ),
        ]),
      )
    })

    test('a gateway’s alarms follow its settings: half of its queue, and a second beyond its linger', () => {
      const threshold = (name: string) => alarms.find(({ AlarmName }) => AlarmName.endsWith(name))?.Threshold
      const [[, { Properties }]] = resources(ingest, 'AWS::ECS::TaskDefinition') as [
        [string, { Properties: { ContainerDefinitions: { Environment: { Name: string; Value: string }[] }[] } }],
      ]
      const told = Object.fromEntries(
        (Properties.ContainerDefinitions[0]?.Environment ?? []).map(({ Name, Value }) => [Name, Value]),
      )
      expect(threshold('UDP gateway queue')).toBe(Number(told[setting.queueBytes]) / 2)
      expect(threshold('UDP gateway is confirmed late')).toBe(Number(told[setting.lingerMilliseconds]) / 1_000 + 1)
    })

    test('silence raises an alarm only in stages that expect traffic', () => {
      const silent = alarms.filter(({ AlarmName }) => AlarmName.includes('Nothing from'))
      expect(silent).toHaveLength(stage.watch.silenceHours > 0 ? 2 : 0)
      for (const { EvaluationPeriods, Metrics } of silent)
        expect((EvaluationPeriods * Metrics[1].MetricStat.Period) / 3_600).toBe(stage.watch.silenceHours)
    })

    test('the topic of the alarms accepts messages only from this account, over TLS', () => {
      const [[, { Properties }]] = resources(ingest, 'AWS::SNS::TopicPolicy') as [
        [string, { Properties: { PolicyDocument: { Statement: object[] } } }],
      ]
      expect(Properties.PolicyDocument.Statement).toEqual([
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        expect.objectContaining({
          Effect: 'Allow',
          Principal: { Service: ['cloudwatch.amazonaws.com', 'events.rds.amazonaws.com'] },
          Action: 'sns:Publish',
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }),
      ])
      expect(resources(ingest, 'AWS::SNS::Subscription')).toHaveLength(stage.watch.alarmEmail === '' ? 0 : 1)
    })

    test('one dashboard exists, and it begins with alarms and conservation', () => {
      const [[, { Properties }]] = resources(ingest, 'AWS::CloudWatch::Dashboard') as [
        [string, { Properties: { DashboardBody: unknown } }],
      ]
      const body = JSON.stringify(Properties.DashboardBody)
      const order = ['alarms', 'Conservation', 'Lag and rejects', 'Doors', 'Functions and database', 'Cost'].map(
        (title) => body.indexOf(title),
      )
      expect(order).not.toContain(-1)
      expect([...order].sort((a, b) => a - b)).toEqual(order)
    })
  },
)

test('the address in the stage receives every alarm', () => {
  const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } })
  stages.told = { ...dev, name: 'told', watch: { alarmEmail: 'on-call@example.com', silenceHours: 0 } }
  try {
    const template = Template.fromStack(build('told', app).ingest)
    const [[topic]] = resources(template, 'AWS::SNS::Topic') as [[string, unknown]]
    const subscriptions = resources(template, 'AWS::SNS::Subscription').map(([, { Properties }]) => Properties)
    expect(subscriptions).toEqual([{ Protocol: 'email', Endpoint: 'on-call@example.com', TopicArn: { Ref: topic } }])
  } finally {
    delete stages.told
    rmSync(app.outdir, { recursive: true, force: true })
  }
})

test('the runbook has exactly the headings that alarms link to', () => {
  expect(headings).toEqual(Object.values(runbook))
  const used = synthesise().flatMap(({ ingest }) =>
    resources(ingest, 'AWS::CloudWatch::Alarm').map(
      ([, { Properties }]) => Properties.AlarmDescription.split('Runbook: ')[1],
    ),
  )
  const all = new Set(used)
  // Only stages that expect traffic have an alarm on silence, and only those on Kinesis one on full shards.
  expect(headings.map(anchor).filter((link) => !all.has(link))).toEqual([])
})

test('every entry of the runbook has a meaning, a first look and a fix', () => {
  const entries = readFileSync('docs/runbook.md', 'utf8').split(/^## /m).slice(1)
  for (const entry of entries) expect(entry).toMatch(/\*\*Means\*\*[\s\S]*\*\*First look\*\*[\s\S]*\*\*Fix\*\*/)
})
