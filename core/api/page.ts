import type { Collection } from './collections.ts'
import { writeCursor } from './cursor.ts'

/** How large a page may be. The host sets the bytes. */
export interface PageLimit {
  readonly rows: number
  /** Bytes of the body written as a JSON string, in which each quote is escaped. The upper bound of the plain body. */
  readonly bodyBytes: number
}

export interface Page {
  readonly items: readonly object[]
  /** The cursor of the next page; null on the last. */
  readonly next: string | null
}

const encoder = new TextEncoder()
const bytesInAnswer = (item: object) => encoder.encode(JSON.stringify(JSON.stringify(item))).length

/** The first rows, up to the limit. A row that is too large by itself is a page of its own. */
export const pageOf = <Row>(rows: readonly Row[], limit: PageLimit, { show, keyOf }: Collection<Row>): Page => {
  const items: object[] = []
  let bytes = 0
  for (const row of rows.slice(0, limit.rows)) {
    const item = show(row)
    bytes += bytesInAnswer(item)
    if (bytes > limit.bodyBytes && items.length > 0) break
    items.push(item)
  }
  const last = rows[items.length - 1]
  return { items, next: last !== undefined && items.length < rows.length ? writeCursor(keyOf(last)) : null }
}
