import type { MessageId } from '../../core/message/identity.ts'
import type { Lane } from '../../core/message/lane.ts'
import type { RawItem } from '../../core/message/uplink.ts'
import type { UseCase } from '../bus/batch.ts'
import { pulseTopic, rawTopic } from '../bus/topics.ts'
import { messageIdCodec, rawItemCodec } from '../pack/items.ts'
import { packHandler } from './event.ts'
import { sqsStream } from './stream.ts'

/**
 * The bus as the entry rooms see it: they import `#bus`, and the build decides which adapter that is, so that a
 * bundle holds only the client of the bus that its stage uses.
 */
type Options = Parameters<typeof sqsStream>[2]

export const openRawTopic = (url: string, options?: Options) => sqsStream(url, rawItemCodec, options)

export const openPulseTopic = (url: string, options?: Options) => sqsStream(url, messageIdCodec, options)

export const rawTopicHandler = (lane: Lane, useCase: UseCase<RawItem>) => packHandler(rawTopic(lane), useCase)

export const pulseTopicHandler = (lane: Lane, useCase: UseCase<MessageId>) => packHandler(pulseTopic(lane), useCase)
