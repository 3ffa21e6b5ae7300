import type { Slice } from './messages.ts'

/** Keeps numbers of messages until they are told to the ledger, without an object for each. */
const createList = () => {
  let numbers = new Uint32Array(1_024)
  let length = 0
  return {
    add: (number: number) => {
      if (length === numbers.length) {
        const larger = new Uint32Array(2 * length)
        larger.set(numbers)
        numbers = larger
      }
      numbers[length++] = number
    },
    take: () => {
      const taken = numbers.slice(0, length)
      length = 0
      return taken
    },
  }
}

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
