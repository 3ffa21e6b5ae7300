import { writeUuid } from '../../process/ids.ts'

/**
 * Arrays as parameters in PostgreSQL's binary format (`array_recv` in its source). pg sends a Buffer unchanged. It would
 * write an array of values as text, escaped element by element, and the server would parse that text: together a quarter
 * of the raw worker's CPU.
 *
 *     int32 dimensions (1), int32 flags (1: nulls inside), int32 type of the elements (its OID), int32 length,
 *     int32 lower bound (1); each element: int32 length (-1: null), then its own binary format
 */
const headerBytes = 20
const nullLength = -1

/** OIDs of built-in types never change (`pg_type.dat`). */
const oid = { bytea: 17, bigint: 20, integer: 23, text: 25, timestamptz: 1184, uuid: 2950 }

/** Writes a value at `at`. Its length is known before. @throws RangeError if the value is not of the type */
type Write<T> = (buffer: Buffer, value: T, at: number) => void

/** Loops by index: the iterators of `for … of` were a fifth of what the pulse worker allocated. */
const arrayOf = <T>(
  elementType: number,
  values: readonly (T | null)[],
  bytesOf: (value: T) => number,
  write: Write<T>,
): Buffer => {
  let bytes = headerBytes + 4 * values.length
  for (let i = 0; i < values.length; i++) bytes += values[i] === null ? 0 : bytesOf(values[i] as T)
  const buffer = Buffer.allocUnsafe(bytes)
  let at = 0
  for (const field of [1, 1, elementType, values.length, 1]) at = buffer.writeInt32BE(field, at)
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as T | null
    const length = value === null ? nullLength : bytesOf(value)
    at = buffer.writeInt32BE(length, at)
    if (value === null) continue
    write(buffer, value, at)
    at += length
  }
  return buffer
}

const writeBigint: Write<number> = (buffer, value, at) => {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a whole number that a row can hold exactly`)
  buffer.writeInt32BE(Math.floor(value / 2 ** 32), at)
  buffer.writeUInt32BE(value >>> 0, at + 4)
}

const epoch2000Ms = Date.UTC(2000, 0, 1)

const writeInstant: Write<number> = (buffer, ms, at) => {
  const micros = (ms - epoch2000Ms) * 1000
  if (Number.isSafeInteger(micros)) writeBigint(buffer, micros, at)
  else buffer.writeBigInt64BE(BigInt(ms - epoch2000Ms) * 1000n, at)
}

const uuid: Write<string> = (buffer, value, at) => writeUuid(buffer, at, value)

const writeInteger: Write<number> = (buffer, value, at) => buffer.writeInt32BE(value, at)
const writeText: Write<string> = (buffer, value, at) => buffer.write(value, at)
const writeBytes: Write<Uint8Array> = (buffer, value, at) => buffer.set(value, at)

const four = () => 4
const eight = () => 8
const sixteen = () => 16

/** `uuid[]` from their texts. */
export const uuids = (values: readonly (string | null)[]) => arrayOf(oid.uuid, values, sixteen, uuid)

/** `timestamptz[]` from milliseconds since 1970. */
export const instants = (values: readonly (number | null)[]) => arrayOf(oid.timestamptz, values, eight, writeInstant)

/** `bigint[]` from whole numbers below 2^53. */
export const bigints = (values: readonly number[]) => arrayOf(oid.bigint, values, eight, writeBigint)

export const integers = (values: readonly (number | null)[]) => arrayOf(oid.integer, values, four, writeInteger)

export const texts = (values: readonly (string | null)[]) => arrayOf(oid.text, values, Buffer.byteLength, writeText)

/** `bytea[]`. */
export const byteas = (values: readonly Uint8Array[]) => arrayOf(oid.bytea, values, ({ length }) => length, writeBytes)

/** An array of an enum, as text: only its database knows the OID. The words are ours, so they need no escaping. */
export const words = (values: readonly string[]): string => `{${values.join(',')}}`
