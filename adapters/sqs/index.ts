import type { MessageId } from '../../core/identity.ts'
import type { Outcome } from '../../core/outcome.ts'
import type { RejectRecord } from '../../core/rejects.ts'
import type { Lane, RawItem } from '../../core/uplink.ts'
import { messageIdCodec } from '../pack/message-id.ts'
import { rawItemCodec } from '../pack/raw-item.ts'
import { packHandler } from './event.ts'
import { sqsStream } from './stream.ts'

/**
 * The bus as the entry rooms see it: they import `#bus`, and the build decides which adapter that is, so that a
 * bundle holds only the client of the bus that its stage uses.
 */
type Options = Parameters<typeof sqsStream>[2]

export const openRawTopic = (url: string, options?: Options) => sqsStream<RawItem>(url, rawItemCodec, options)

export const openPulseTopic = (url: string, options?: Options) => sqsStream<MessageId>(url, messageIdCodec, options)

export const rawTopicHandler = (lane: Lane, useCase: (batch: readonly RawItem[]) => Promise<Outcome[]>) =>
  packHandler<RawItem>(lane, 'raw', rawItemCodec, useCase)

export const pulseTopicHandler = (
  lane: Lane,
  useCase: (batch: readonly (MessageId | RejectRecord)[]) => Promise<Outcome[]>,
) => packHandler<MessageId>(lane, 'pulse', messageIdCodec, useCase)
