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
import { defaultSendOptions, type Limits, maxAttempts, requestTimeouts, sendRecords } from '../../adapters/bus/send.ts'

/** Where an SQS is that is not the region's own, and what it lets in. */
export interface SqsPlace {
  readonly endpoint: string
  readonly region: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

/** A queue that gives up messages, and the one that keeps them. */
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
  /** Moved earlier in the same run, and given up once more: not moved again. */
  readonly cameBack: number
}

/** Says in which run a message was moved. Queues hand attributes on to their dead letters; workers do not look at them. */
const mark = 'sluice-redrive'

const limits: Limits = { records: 10, bytes: 1_048_576, recordBytes: 1_048_576 }

const sizeOf = ({ Body = '', MessageAttributes = {} }: Message) =>
  Buffer.byteLength(Body) + JSON.stringify(MessageAttributes).length

/** A long poll asks every server of the queue, a short one only some: only so does "nothing" mean nothing. */
const waitSeconds = 1

const attributesOf = ({ MessageAttributes = {} }: Message, runId: string): Record<string, MessageAttributeValue> => {
  const kept = Object.entries(MessageAttributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
    name,
    { DataType, ...(BinaryValue ? { BinaryValue } : { StringValue }) },
  ])
  return { ...Object.fromEntries(kept), [mark]: { DataType: 'String', StringValue: runId } }
}

/** Finds the queues of a lane, and moves what they gave up back to them. The same on AWS and beside an emulator. */
export const openDeadLetters = (place?: SqsPlace) => {
  // an emulator names queues by a host of its own, where nobody listens
  const client = new SQSClient({
    ...place,
    maxAttempts,
    requestHandler: requestTimeouts,
    useQueueUrlAsEndpoint: false,
  })
  const attributes = async (QueueUrl: string, ...names: ('RedrivePolicy' | MessageCount)[]) =>
    (await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: names }))).Attributes ?? {}

  /** The queue whose name begins so and that has dead letters; null where there is none. */
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

  /** How many wait, and how many somebody holds just now. */
  const count = async ({ url }: DeadLetters) => {
    const found = await attributes(url, ...messageCounts)
    const [waiting = 0, held = 0] = messageCounts.map((name) => Number(found[name] ?? 0))
    return { waiting, held }
  }

  const send = (source: string, messages: readonly Message[], runId: string) =>
    sendRecords(
      messages,
      sizeOf,
      limits,
      async (some, abortSignal) => {
        // without the trace header, by which Lambda would one day take the way back for a loop of functions
        const Entries = some.map((message, i) => ({
          Id: String(i),
          MessageBody: message.Body,
          MessageAttributes: attributesOf(message, runId),
        }))
        return outcomes(await client.send(new SendMessageBatchCommand({ QueueUrl: source, Entries }), { abortSignal }))
      },
      defaultSendOptions,
    )

  const remove = (url: string, messages: readonly Message[]) =>
    sendRecords(
      messages,
      () => 0,
      limits,
      async (some, abortSignal) => {
        const Entries = some.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }))
        return outcomes(await client.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }), { abortSignal }))
      },
      defaultSendOptions,
    )

  const release = async (url: string, messages: readonly Message[]) => {
    const Entries = messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle, VisibilityTimeout: 0 }))
    if (Entries.length > 0) await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries }))
  }

  /**
   * Takes up to ten messages, sends them on, and removes those that were confirmed. Whoever is killed in between leaves
   * them in the dead letters, and at worst in both queues.
   */
  const moveSome = async ({ source, url }: DeadLetters, runId: string, most: number): Promise<Turn> => {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: Math.min(most, limits.records),
        WaitTimeSeconds: waitSeconds,
        MessageAttributeNames: ['All'],
      }),
    )
    const isOwn = ({ MessageAttributes }: Message) => MessageAttributes?.[mark]?.StringValue === runId
    const own = Messages.filter(isOwn)
    const others = Messages.filter((message) => !isOwn(message))
    const failures = await send(source, others, runId)
    const moved = others.filter((_, i) => failures[i] === null)
    // what cannot be removed is met again and moved twice, which does no harm
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

interface BatchAnswer {
  readonly Successful?: readonly { readonly Id?: string | undefined }[] | undefined
  readonly Failed?: readonly { readonly Id?: string | undefined; readonly Code?: string | undefined }[] | undefined
}

/** Per entry, in order: null where it is confirmed, else why not. */
const outcomes = ({ Successful = [], Failed = [] }: BatchAnswer) => {
  const failures: (string | null)[] = []
  for (const { Id } of Successful) failures[Number(Id)] = null
  for (const { Id, Code = 'failed without a code' } of Failed) failures[Number(Id)] = Code
  return failures
}
