import type { MessageId } from '../../core/message/identity.ts'
import { readUuid } from '../process/uuid.ts'
import type { ItemCodec } from './pack.ts'

const idBytes = 16

/** Items of a pulse topic: the 16 bytes of a message's id. */
export const messageIdCodec: ItemCodec<MessageId> = {
  instantMs: () => 0,
  write: (writer, id) => writer.uuid(id),
  read: (reader) => readUuid(reader.raw(idBytes), 0),
}
