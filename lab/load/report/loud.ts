import { escaped } from '../../page/svg.ts'
import { loudDeviceRule } from '../measure/loud-device.ts'
import { count, figure } from '../result/figures.ts'
import type { LoadResult } from '../result/result.ts'
import { htmlTable } from './html-table.ts'

const kinds = { 'due to answer': 'ackMs', 'socket to bus': 'confirmMs', 'due to reading': 'endToEndMs' } as const

/** Times of the other devices before one was loud and while it was, as cells. Empty where none was. */
export const loudRows = ({ loudDevice }: LoadResult): string[][] =>
  loudDevice
    ? Object.entries(kinds).map(([name, key]) => {
        const { before, during } = loudDevice[key]
        return [name, ...[before.p50, during.p50, before.p99, during.p99].map(figure)]
      })
    : []

export const loudHead = ['ms', 'p50 before', 'p50 loud', 'p99 before', 'p99 loud'] as const

/** The verdict on the loud device, and what it sent. Null where there was none. */
export const loudSentence = ({ loudDevice }: LoadResult): string | null =>
  loudDevice
    ? `${loudDevice.says} It sent ${count(loudDevice.messages)} messages, ${count(loudDevice.stored)} of them are stored.`
    : null

/** Verdict and times as HTML. Empty where there was no loud device. */
export const loudTable = (result: LoadResult): string => {
  const sentence = loudSentence(result)
  if (sentence === null) return ''
  const rows = loudRows(result).map((cells) => ({ cells }))
  return `<p>${escaped(sentence)}</p>${htmlTable(loudHead, rows)}<p class="note">${escaped(loudDeviceRule)}</p>`
}
