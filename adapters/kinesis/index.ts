import type { MessageId } from '../../core/message/identity.ts'
import type { Lane } from '../../core/message/lane.ts'
import type { RawItem } from '../../core/message/uplink.ts'
import type { UseCase } from '../bus/batch.ts'
import { pulseTopic, rawTopic } from '../bus/topics.ts'
import { messageIdCodec, rawItemCodec } from '../pack/items.ts'
import { packHandler } from './event.ts'
import { byDevice, byFirstId } from './partition.ts'
import { kinesisStream } from './stream.ts'

/** The bus as the entry rooms see it where a stage says `kinesis`; a topic's address is the name of its stream. */
type Options = Parameters<typeof kinesisStream>[3]

export const openRawTopic = (name: string, options?: Options) => kinesisStream(name, rawItemCodec, byDevice, options)

export const openPulseTopic = (name: string, options?: Options) =>
  kinesisStream(name, messageIdCodec, byFirstId, options)

export const rawTopicHandler = (lane: Lane, useCase: UseCase<RawItem>) => packHandler(rawTopic(lane), useCase)

export const pulseTopicHandler = (lane: Lane, useCase: UseCase<MessageId>) => packHandler(pulseTopic(lane), useCase)
