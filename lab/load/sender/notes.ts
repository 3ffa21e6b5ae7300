import { createNumberList } from '../../ledger/number-list.ts'
import type { Slice } from './messages.ts'

const createList = () => createNumberList((length) => new Uint32Array(length))

/** What was sent and answered since the last slice. */
export const createNotes = () => {
  const [datagrams, callbacks, confirmed, refused] = [createList(), createList(), createList(), createList()]
  let fromMs = Date.now()
  return {
    datagram: datagrams.add,
    callback: callbacks.add,
    confirmed: confirmed.add,
    refused: refused.add,
    slice: (): Slice => {
      const toMs = Date.now()
      const slice = {
        fromMs,
        toMs,
        datagrams: datagrams.take(),
        callbacks: callbacks.take(),
        confirmed: confirmed.take(),
        refused: refused.take(),
      }
      fromMs = toMs
      return slice
    },
  }
}

export type Notes = ReturnType<typeof createNotes>
