import { describe, expect, test } from 'vitest'
import { resources, synthesise, topics } from '../support/templates.ts'

const days = 24 * 3600

describe.each(synthesise(['sqs']))('queues of $stage.name', ({ stage, data, ingest }) => {
  const queues = Object.fromEntries(resources(data, 'AWS::SQS::Queue'))
  const queue = (start: string) => {
    const found = Object.entries(queues).find(([id]) => id.startsWith(start))
    if (!found) throw new Error(`No queue ${start}`)
    return { id: found[0], ...found[1].Properties }
  }

  test.each(topics)('%s is retried for six hours, and its dead letters are kept for longer than it', (topic) => {
    const worker = topic.includes('Raw') ? stage.raw : stage.pulse
    const { VisibilityTimeout, MessageRetentionPeriod, RedrivePolicy } = queue(`${topic}Queue`)
    const deadLetters = queue(`${topic}DeadLetters`)
    expect(RedrivePolicy.deadLetterTargetArn).toEqual({ 'Fn::GetAtt': [deadLetters.id, 'Arn'] })
    expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * worker.timeoutSeconds + worker.windowSeconds)
    expect(RedrivePolicy.maxReceiveCount * VisibilityTimeout).toBeGreaterThanOrEqual(6 * 3600)
    expect(MessageRetentionPeriod).toBe(4 * days)
    expect(deadLetters.MessageRetentionPeriod).toBe(14 * days)
    // A pack must not expire while it is retried, before it reaches the dead letters.
    expect(RedrivePolicy.maxReceiveCount * VisibilityTimeout).toBeLessThan(MessageRetentionPeriod / 2)
  })

  test('no queue exists but those of the topics', () => {
    expect(
      Object.keys(queues)
        .map((id) => id.slice(0, -8))
        .sort(),
    ).toEqual(topics.flatMap((topic) => [`${topic}DeadLetters`, `${topic}Queue`]).sort())
  })

  test('queues are encrypted and refuse connections without TLS', () => {
    expect(Object.values(queues).filter(({ Properties }) => Properties.SqsManagedSseEnabled !== true)).toEqual([])
    const refusing = resources(data, 'AWS::SQS::QueuePolicy').flatMap(([, { Properties }]) =>
      Properties.PolicyDocument.Statement.filter(
        (s: { Effect: string; Condition: unknown }) =>
          s.Effect === 'Deny' && JSON.stringify(s.Condition) === '{"Bool":{"aws:SecureTransport":"false"}}',
      ).flatMap(() => Properties.Queues.map(({ Ref }: { Ref: string }) => Ref)),
    )
    expect(refusing.sort()).toEqual(Object.keys(queues).sort())
  })

  test('each mapping reports partial failures and takes batch, window and concurrency from the stage', () => {
    const mappings = resources(ingest, 'AWS::Lambda::EventSourceMapping')
    expect(mappings).toHaveLength(4)
    for (const [id, { Properties }] of mappings) {
      const { batchSize, windowSeconds, maxConcurrency } = id.includes('RawWorker') ? stage.raw : stage.pulse
      expect(Properties).toMatchObject({
        BatchSize: batchSize,
        MaximumBatchingWindowInSeconds: windowSeconds,
        ScalingConfig: { MaximumConcurrency: maxConcurrency },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        MetricsConfig: { Metrics: ['EventCount'] },
      })
    }
  })
})
