import type { MessageId } from '../../core/message/identity.ts'
import type { Lane } from '../../core/message/lane.ts'
import type { RawItem } from '../../core/message/uplink.ts'
import { messageIdCodec, rawItemCodec } from '../pack/items.ts'
import type { Topic } from './batch.ts'

export const rawTopic = (lane: Lane): Topic<RawItem> => ({ lane, stage: 'raw', codec: rawItemCodec })
export const pulseTopic = (lane: Lane): Topic<MessageId> => ({ lane, stage: 'pulse', codec: messageIdCodec })
