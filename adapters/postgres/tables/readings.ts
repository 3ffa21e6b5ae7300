import type { Reading } from '../../../core/readings/reading.ts'
import { bigints, instants, texts, uuids, words } from '../sql/arrays.ts'

/** The tables with a row for each reading: those of open days, and late ones of closed days. */
export const rowTables = ['reading_open', 'reading_late'] as const

/** Readings as parameters: an array each of device, channel, instant, index, quality, receive time and message. */
export const readingColumns = (rows: readonly Reading[]) => [
  texts(rows.map((row) => row.deviceId)),
  texts(rows.map((row) => row.channel)),
  instants(rows.map((row) => row.readAtMs)),
  bigints(rows.map((row) => row.index)),
  words(rows.map((row) => row.quality)),
  instants(rows.map((row) => row.receivedAtMs)),
  uuids(rows.map((row) => row.messageId)),
]
