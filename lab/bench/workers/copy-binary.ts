import type pg from 'pg'

/** A field with its type, which decides PostgreSQL's binary layout. */
type Field =
  | { readonly uuid: string }
  | { readonly instantMs: number }
  | { readonly int4: number }
  | { readonly text: string }
  | { readonly bytes: Uint8Array }

const epoch2000Ms = Date.UTC(2000, 0, 1)

const encode = (field: Field): Uint8Array => {
  if ('uuid' in field) return Buffer.from(field.uuid.replaceAll('-', ''), 'hex')
  if ('text' in field) return Buffer.from(field.text)
  if ('bytes' in field) return field.bytes
  const number = Buffer.alloc('int4' in field ? 4 : 8)
  if ('int4' in field) number.writeInt32BE(field.int4)
  else number.writeBigInt64BE(BigInt(field.instantMs - epoch2000Ms) * 1000n)
  return number
}

const int = (bytes: 2 | 4, value: number) => {
  const buffer = Buffer.alloc(bytes)
  buffer.writeIntBE(value, 0, bytes)
  return buffer
}

/** What pg offers an object that is passed to `client.query` instead of a text. */
interface Wire {
  readonly query: (text: string) => void
  readonly sendCopyFromChunk: (chunk: Buffer) => void
  readonly endCopyFrom: () => void
}

/** Encodes the rows of one COPY statement. The function that is returned sends them. */
export const copyBinary = (rows: readonly (readonly Field[])[]) => {
  const signature = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), int(4, 0), int(4, 0)])
  const tuples = rows.flatMap((fields) => [
    int(2, fields.length),
    ...fields.map(encode).flatMap((value) => [int(4, value.length), value]),
  ])
  const stream = Buffer.concat([signature, ...tuples, int(2, -1)])
  return (client: pg.ClientBase, statement: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const done = () => resolve()
      client.query({
        submit: (wire: Wire) => wire.query(statement),
        handleCopyInResponse: (wire: Wire) => {
          wire.sendCopyFromChunk(stream)
          wire.endCopyFrom()
        },
        handleCommandComplete: () => {},
        handleReadyForQuery: done,
        handleError: reject,
      } as unknown as pg.Submittable)
    })
}
