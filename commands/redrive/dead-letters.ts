import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { groupRecords, type Put, requestTimeouts, send, shortPatience } from '../../adapters/bus/publish.ts'
import { failuresIn, sqsLimits } from '../../adapters/sqs/index.ts'

/** An SQS other than the region's own, and the credentials that it takes. */
export interface SqsPlace {
  readonly endpoint: string
  readonly region: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

/** A queue that gives up messages, and the queue that keeps them. */
export interface DeadLetters {
  readonly source: string
  readonly url: string
}

/** What one turn came to, in messages. */
export interface Turn {
  readonly received: number
  readonly moved: number
  /** Why messages were not sent on: they stay where they were. */
  readonly failures: readonly string[]
  /** Moved earlier in the same run and given up again: not moved another time. */
  readonly cameBack: number
}

/** Names the run in which a message was moved. Queues pass attributes on to their dead letters; workers ignore them. */
const mark = 'sluice-redrive'

const sizeOf = ({ Body = '', MessageAttributes = {} }: Message) =>
  Buffer.byteLength(Body) + JSON.stringify(MessageAttributes).length

/** A long poll asks every server of the queue, a short one only some: only a long poll can say that nothing is left. */
const waitSeconds = 1

const attributesOf = ({ MessageAttributes = {} }: Message, runId: string): Record<string, MessageAttributeValue> => {
  const kept = Object.entries(MessageAttributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
    name,
    { DataType, ...(BinaryValue ? { BinaryValue } : { StringValue }) },
  ])
  return { ...Object.fromEntries(kept), [mark]: { DataType: 'String', StringValue: runId } }
}

/** Makes batch calls of up to ten messages. Per message, in order: null once SQS has confirmed it, else why not. */
const sendAll = async (messages: readonly Message[], bytesOf: (message: Message) => number, put: Put<Message>) => {
  const failures = new Map<Message, string | null>(messages.map((message) => [message, 'larger than SQS takes']))
  const possible = messages.filter((message) => bytesOf(message) <= sqsLimits.recordBytes)
  const settle = (message: Message, failure: string | null) => failures.set(message, failure)
  const groups = groupRecords(possible, bytesOf, sqsLimits)
  await Promise.all(groups.map((group) => send(group, put, settle, shortPatience)))
  return messages.map((message) => failures.get(message) ?? null)
}

/** Finds the queues of a lane, and moves what they gave up back to them. The same on AWS and beside an emulator. */
export const openDeadLetters = (place?: SqsPlace) => {
  // an emulator names queues by a host of its own, which does not exist
  const client = new SQSClient({
    ...place,
    maxAttempts: 1,
    requestHandler: requestTimeouts,
    useQueueUrlAsEndpoint: false,
  })
  const attributes = async (QueueUrl: string, ...names: ('RedrivePolicy' | MessageCount)[]) =>
    (await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: names }))).Attributes ?? {}

  /** The queue whose name begins with `prefix` and that has dead letters; null where there is none. */
  const find = async (prefix: string): Promise<DeadLetters | null> => {
    const { QueueUrls = [] } = await client.send(new ListQueuesCommand({ QueueNamePrefix: prefix }))
    for (const source of QueueUrls) {
      const { RedrivePolicy } = await attributes(source, 'RedrivePolicy')
      const arn = RedrivePolicy ? String(JSON.parse(RedrivePolicy).deadLetterTargetArn) : ''
      if (arn === '') continue
      const { QueueUrl = '' } = await client.send(new GetQueueUrlCommand({ QueueName: arn.split(':').at(-1) ?? '' }))
      return { source, url: QueueUrl }
    }
    return null
  }

  /** How many wait, and how many another reader holds just now. */
  const count = async ({ url }: DeadLetters) => {
    const found = await attributes(url, ...messageCounts)
    const [waiting = 0, held = 0] = messageCounts.map((name) => Number(found[name] ?? 0))
    return { waiting, held }
  }

  const sendOn = (source: string, messages: readonly Message[], runId: string) =>
    sendAll(messages, sizeOf, async (some, abortSignal) => {
      // without the trace header: Lambda would one day take the way back for a loop of functions
      const Entries = some.map((message, i) => ({
        Id: String(i),
        MessageBody: message.Body,
        MessageAttributes: attributesOf(message, runId),
      }))
      return failuresIn(await client.send(new SendMessageBatchCommand({ QueueUrl: source, Entries }), { abortSignal }))
    })

  const remove = (url: string, messages: readonly Message[]) =>
    sendAll(
      messages,
      () => 0,
      async (some, abortSignal) => {
        const Entries = some.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }))
        return failuresIn(await client.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }), { abortSignal }))
      },
    )

  const release = async (url: string, messages: readonly Message[]) => {
    const Entries = messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle, VisibilityTimeout: 0 }))
    if (Entries.length > 0) await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries }))
  }

  /**
   * Takes up to ten messages, sends them on, and removes those that were confirmed. A run that is killed in between leaves
   * them in the dead letters, and at worst in both queues.
   */
  const moveSome = async ({ source, url }: DeadLetters, runId: string, most: number): Promise<Turn> => {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: Math.min(most, sqsLimits.records),
        WaitTimeSeconds: waitSeconds,
        MessageAttributeNames: ['All'],
      }),
    )
    const isOwn = ({ MessageAttributes }: Message) => MessageAttributes?.[mark]?.StringValue === runId
    const own = Messages.filter(isOwn)
    const others = Messages.filter((message) => !isOwn(message))
    const failures = await sendOn(source, others, runId)
    const moved = others.filter((_, i) => failures[i] === null)
    // what cannot be removed is met again and moved twice, which is harmless
    await remove(url, moved)
    await release(url, [...own, ...others.filter((_, i) => failures[i] !== null)])
    return {
      received: Messages.length,
      moved: moved.length,
      failures: failures.filter((failure) => failure !== null),
      cameBack: own.length,
    }
  }

  return { find, count, moveSome }
}

const messageCounts = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const
type MessageCount = (typeof messageCounts)[number]
