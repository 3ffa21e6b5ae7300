import type { MessageId } from '../../core/identity.ts'
import type { ItemCodec } from './pack.ts'

const idBytes = 16

/** Items of a pulse topic: the 16 bytes of a message's id. */
export const messageIdCodec: ItemCodec<MessageId> = {
  instantMs: () => 0,
  write: (writer, id) => writer.uuid(id),
  read: (reader) => {
    const hex = reader.raw(idBytes).toString('hex')
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
  },
}
