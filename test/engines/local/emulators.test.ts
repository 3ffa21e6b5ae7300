import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectKinesis, connectSqs, type Kinesis, type Sqs } from '../../../local/bus/aws-client.ts'
import { makeStream } from '../../../local/bus/topics.ts'
import { startKinesisServer, startSqsServer } from '../../../local/engines/bus-server.ts'
import type { Running } from '../../../local/process/child.ts'
import { freePort } from '../../../local/process/ports.ts'
import { queueArn, queueUrl, streamArn } from '../../../local/template/addresses.ts'
import { eventually, temporaryFolder } from '../../support/local.ts'

// Our assumptions about both emulators (P35). "Unlike AWS" marks a gap that our own code covers: by limits in the
// adapters, by mocks, or in the local run. When a new version closes a gap, its test here fails.

const folder = temporaryFolder()
afterAll(() => folder.remove())

const refusal = (call: Promise<unknown>) =>
  call.then(
    () => null,
    ({ message }: Error) => message,
  )
const base64 = (bytes: number) => Buffer.alloc(bytes, 1).toString('base64')

describe('fauxqs 2.4.1', () => {
  let port: number
  let server: Running
  let sqs: Sqs
  let queues = 0

  beforeAll(async () => {
    port = await freePort()
    server = await startSqsServer(folder.path, port, false)
    sqs = connectSqs(`http://127.0.0.1:${port}`)
  })
  afterAll(() => server.stop())

  const makeQueue = async (Attributes: Record<string, string> = {}) => {
    const name = `queue-${++queues}`
    await sqs('CreateQueue', { QueueName: name, Attributes })
    const QueueUrl = queueUrl(`http://127.0.0.1:${port}`, name)
    const receive = async () => {
      const { Messages = [] } = await sqs<{ Messages?: { Body: string; ReceiptHandle: string }[] }>('ReceiveMessage', {
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
      })
      return Messages
    }
    return { name, QueueUrl, receive }
  }
  const entries = (count: number, body = 'a') =>
    Array.from({ length: count }, (_, n) => ({ Id: String(n), MessageBody: body }))

  test('takes 10 entries in a call and refuses 11, like AWS', async () => {
    const { QueueUrl } = await makeQueue()
    expect(await sqs('SendMessageBatch', { QueueUrl, Entries: entries(10) })).toMatchObject({ Failed: [] })
    expect(await refusal(sqs('SendMessageBatch', { QueueUrl, Entries: entries(11) }))).toContain('TooManyEntries')
  })

  test('takes 1 MiB in a call and refuses a byte more, like AWS', async () => {
    const { QueueUrl } = await makeQueue()
    const half = 'x'.repeat(524_288)
    expect(await refusal(sqs('SendMessageBatch', { QueueUrl, Entries: entries(2, half) }))).toBeNull()
    const Entries = [...entries(2, half), { Id: 'more', MessageBody: 'x' }]
    expect(await refusal(sqs('SendMessageBatch', { QueueUrl, Entries }))).toContain('BatchRequestTooLong')
  })

  test('answers 200 when one entry of several fails, like AWS', async () => {
    const { QueueUrl } = await makeQueue()
    const Entries = [
      { Id: 'good', MessageBody: 'a' },
      { Id: 'bad', MessageBody: '\u0000' },
    ]
    expect(await sqs('SendMessageBatch', { QueueUrl, Entries })).toMatchObject({
      Successful: [{ Id: 'good' }],
      Failed: [{ Id: 'bad', SenderFault: true }],
    })
  })

  test('shows a message again after its visibility timeout, and moves it after the last try, like AWS', async () => {
    const dead = await makeQueue()
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: queueArn(dead.name), maxReceiveCount: 2 })
    const { QueueUrl, receive } = await makeQueue({ VisibilityTimeout: '1', RedrivePolicy })
    await sqs('SendMessage', { QueueUrl, MessageBody: 'a' })
    expect(await receive()).toHaveLength(1)
    expect(await receive()).toHaveLength(0)
    await eventually(async () => ((await receive()).length === 1 ? true : undefined))
    const moved = await eventually(async () => {
      await receive()
      const messages = await dead.receive()
      return messages.length > 0 ? messages : undefined
    })
    expect(moved).toMatchObject([{ Body: 'a' }])
  })

  test.each([false, true])('keeps confirmed messages through a kill (scratch: %s)', async (isScratch) => {
    await server.stop()
    server = await startSqsServer(folder.path, port, isScratch)
    const { QueueUrl, receive } = await makeQueue()
    await sqs('SendMessage', { QueueUrl, MessageBody: 'kept' })
    process.kill(server.pid, 'SIGKILL')
    await server.exited
    server = await startSqsServer(folder.path, port, isScratch)
    expect(await receive()).toMatchObject([{ Body: 'kept' }])
  })

  // It never throttles either.
  test('unlike AWS, checks no signature', async () => {
    const { QueueUrl } = await makeQueue()
    const response = await fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' },
      body: JSON.stringify({ QueueUrl, MessageBody: 'a' }),
    })
    expect(response.status).toBe(200)
  })
})

interface Put {
  readonly FailedRecordCount: number
  readonly Records: readonly { readonly SequenceNumber: string; readonly ShardId: string; readonly ErrorCode: string }[]
}
interface Got {
  readonly MillisBehindLatest: number
  readonly NextShardIterator: string
  readonly Records: readonly { readonly Data: string; readonly SequenceNumber: string }[]
}

describe('kinesis-local 0.6.2', () => {
  let port: number
  let server: Running
  let kinesis: Kinesis
  let streams = 0

  beforeAll(async () => {
    port = await freePort()
    server = await startKinesisServer(folder.path, port)
    kinesis = connectKinesis(`http://127.0.0.1:${port}`)
  })
  afterAll(() => server.stop())

  const newStream = async (shards = 1) => {
    const name = `stream-${++streams}`
    await makeStream(kinesis, { name, arn: streamArn(name), shards })
    const put = (Records: readonly object[]) => kinesis<Put>('PutRecords', { StreamARN: streamArn(name), Records })
    const read = async (from: object = { ShardIteratorType: 'TRIM_HORIZON' }, Limit = 10_000) => {
      const ShardId = 'shardId-000000000000'
      const { ShardIterator } = await kinesis<{ ShardIterator: string }>('GetShardIterator', {
        StreamName: name,
        ShardId,
        ...from,
      })
      return kinesis<Got>('GetRecords', { ShardIterator, Limit })
    }
    return { name, put, read }
  }
  const records = (count: number, Data = base64(1)) =>
    Array.from({ length: count }, () => ({ Data, PartitionKey: '0' }))

  test('sequence numbers rise in a shard, and records are read in order from any number on, like AWS', async () => {
    const { put, read } = await newStream()
    for (let call = 0; call < 3; call++) await put(records(20))
    const { Records } = await read()
    const numbers = Records.map(({ SequenceNumber }) => BigInt(SequenceNumber))
    expect(numbers).toHaveLength(60)
    expect(numbers.every((number, i) => i === 0 || number > (numbers[i - 1] ?? 0n))).toBe(true)
    const StartingSequenceNumber = Records[41]?.SequenceNumber
    const rest = await read({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber })
    expect(rest.Records).toEqual(Records.slice(42))
  })

  test('an explicit hash key decides the shard, not the partition key, like AWS', async () => {
    const { put } = await newStream(2)
    const at = (ExplicitHashKey: bigint) => ({ ...records(1)[0], ExplicitHashKey: String(ExplicitHashKey) })
    const { Records } = await put([at(0n), at(2n ** 127n - 2n), at(2n ** 127n), at(2n ** 128n - 1n)])
    expect(Records.map(({ ShardId }) => ShardId.at(-1))).toEqual(['0', '0', '1', '1'])
  })

  test('a read of more than 10,000 records is refused, like AWS', async () => {
    const { read } = await newStream()
    expect(await refusal(read(undefined, 10_001))).toContain('InvalidArgumentException')
  })

  test('unlike AWS, which refuses the whole call, fails only the record above 1 MiB', async () => {
    const { put } = await newStream()
    const { FailedRecordCount, Records } = await put([...records(1, base64(1_048_577)), ...records(1)])
    expect(FailedRecordCount).toBe(1)
    expect(Records.map(({ ErrorCode }) => ErrorCode)).toEqual(['InvalidArgumentException', null])
  })

  test('unlike AWS, takes 501 records and 11 MB in a call', async () => {
    const { put } = await newStream()
    expect((await put(records(501))).FailedRecordCount).toBe(0)
    expect((await put(records(11, base64(1_000_000)))).FailedRecordCount).toBe(0)
  })

  test('unlike AWS, a shard takes more than 1,000 records and more than 1 MB in a second', async () => {
    const { put } = await newStream()
    const startedAtMs = performance.now()
    const answers = await Promise.all([put(records(400, base64(4_000))), put(records(400)), put(records(400))])
    expect(performance.now() - startedAtMs).toBeLessThan(10_000)
    expect(answers.map(({ FailedRecordCount }) => FailedRecordCount)).toEqual([0, 0, 0])
  })

  test('unlike AWS, always reports that a reader has reached the end', async () => {
    const { put, read } = await newStream()
    await put(records(20))
    await new Promise((later) => setTimeout(later, 20))
    const { MillisBehindLatest, Records } = await read(undefined, 5)
    expect(Records).toHaveLength(5)
    expect(MillisBehindLatest).toBe(0)
  })

  test('unlike AWS, requires a signature but does not check it', async () => {
    const ask = (headers: Record<string, string>) =>
      fetch(`http://127.0.0.1:${port}/`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': 'Kinesis_20131202.ListStreams',
          ...headers,
        },
        body: '{}',
      })
    expect((await ask({})).status).toBe(400)
    expect(await refusal(kinesis('ListStreams', {}))).toBeNull()
  })

  test('unlike AWS, breaks off large calls over HTTP/2, which the client uses by default', async () => {
    const { name } = await newStream()
    const credentials = { accessKeyId: 'x', secretAccessKey: 'x' }
    const endpoint = `http://127.0.0.1:${port}`
    const client = new KinesisClient({ endpoint, region: 'eu-west-1', credentials, maxAttempts: 1 })
    const Records = Array.from({ length: 100 }, () => ({ Data: Buffer.alloc(24_000), PartitionKey: '0' }))
    const call = client.send(new PutRecordsCommand({ StreamName: name, Records }))
    await expect(call).rejects.toThrow('Protocol error')
    client.destroy()
  })

  test('unlike AWS, loses all data when it ends', async () => {
    const { put, name } = await newStream()
    await put(records(1))
    await server.stop()
    server = await startKinesisServer(folder.path, port)
    expect(await refusal(kinesis('DescribeStreamSummary', { StreamName: name }))).toContain('ResourceNotFound')
  })
})
