import type { Collection } from './collections.ts'
import { writeCursor } from './cursor.ts'

/**
 * A Lambda function answers at most 6 MB (6,291,556 bytes), counted on its answer as JSON, where the body is a text
 * and each of its quotes is escaped. The rest is for the headers.
 */
export const mostBodyBytes = 5_500_000

export interface Page {
  readonly items: readonly object[]
  readonly next: string | null
}

const encoder = new TextEncoder()
const bytesInAnswer = (item: object) => encoder.encode(JSON.stringify(JSON.stringify(item))).length

/** The first rows: as many as `limit` and the size of an answer allow, but always one where there is one. */
export const pageOf = <Row>(rows: readonly Row[], limit: number, { show, keyOf }: Collection<Row>): Page => {
  const items: object[] = []
  let bytes = 0
  for (const row of rows.slice(0, limit)) {
    const item = show(row)
    bytes += bytesInAnswer(item)
    if (bytes > mostBodyBytes && items.length > 0) break
    items.push(item)
  }
  const last = rows[items.length - 1]
  return { items, next: last !== undefined && items.length < rows.length ? writeCursor(keyOf(last)) : null }
}
