import type { Channel } from '../message/channel.ts'
import type { MessageId } from '../message/identity.ts'

/** How sure the time of a reading, and how direct its index: the later in the list, the better. */
export const qualities = ['clock_unset', 'derived', 'measured'] as const
export type Quality = (typeof qualities)[number]

/** The cumulative index of a meter at an instant. */
export interface Reading {
  readonly deviceId: string
  readonly channel: Channel
  readonly readAtMs: number
  /** Pulses counted since the meter was made, as its register shows them. */
  readonly index: number
  readonly quality: Quality
  /** The earliest receive time of all messages that told of this device, channel and instant. */
  readonly receivedAtMs: number
  /** The message the index comes from; the smallest id where several say the same. */
  readonly messageId: MessageId
}

/** Milliseconds as a text of a fixed width: it sorts as the number does. */
export const timeText = (ms: number) => String(ms).padStart(15, '0')

/** What makes a reading one: its device, channel and instant. The order of the texts is that of the table's key. */
export const readingKey = (r: Pick<Reading, 'deviceId' | 'readAtMs'> & { readonly channel: string }): string =>
  `${r.deviceId} ${r.channel} ${timeText(r.readAtMs)}`

/** Whether two readings of one key say the same. */
export const isSameReading = (a: Reading | undefined, b: Reading): boolean =>
  a !== undefined &&
  a.index === b.index &&
  a.quality === b.quality &&
  a.receivedAtMs === b.receivedAtMs &&
  a.messageId === b.messageId
