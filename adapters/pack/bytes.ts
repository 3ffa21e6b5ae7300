import { writeUuid } from '../process/ids.ts'

/** A pack that cannot be read: it was cut short or altered on its way. */
export class PackCorrupt extends Error {
  override name = 'PackCorrupt'
}

const initialBytes = 64 * 1024

/** Appends numbers, texts and bytes to a buffer that grows and is reused: no allocation per message. */
export class ByteWriter {
  private buffer = Buffer.allocUnsafe(initialBytes)
  length = 0

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + bytes))
    this.buffer.copy(larger, 0, 0, this.length)
    this.buffer = larger
  }

  byte(value: number): void {
    this.reserve(1)
    this.buffer[this.length++] = value
  }

  /** An unsigned integer up to 2^53 in groups of seven bits, lowest first. */
  varint(value: number): void {
    this.reserve(8)
    let rest = value
    while (rest > 0x7f) {
      this.buffer[this.length++] = (rest % 128) | 0x80
      rest = Math.floor(rest / 128)
    }
    this.buffer[this.length++] = rest
  }

  /** A signed integer: short when it is near zero. */
  signedVarint(value: number): void {
    this.varint(value < 0 ? -value * 2 - 1 : value * 2)
  }

  bytes(value: Uint8Array): void {
    this.varint(value.length)
    this.reserve(value.length)
    this.buffer.set(value, this.length)
    this.length += value.length
  }

  ascii(value: string): void {
    this.varint(value.length)
    this.reserve(value.length)
    this.length += this.buffer.write(value, this.length, 'latin1')
  }

  uuid(text: string): void {
    this.reserve(16)
    writeUuid(this.buffer, this.length, text)
    this.length += 16
  }

  append(other: ByteWriter): void {
    this.reserve(other.length)
    other.buffer.copy(this.buffer, this.length, 0, other.length)
    this.length += other.length
  }

  clear(): void {
    this.length = 0
  }

  /** What was written so far: a view, which the next write may change. */
  view(): Buffer {
    return this.buffer.subarray(0, this.length)
  }
}

/** Reads what `ByteWriter` wrote; never beyond `end`. */
export class ByteReader {
  private readonly buffer: Buffer
  position: number
  end: number

  constructor(buffer: Buffer, position = 0) {
    this.buffer = buffer
    this.position = position
    this.end = buffer.length
  }

  get finished(): boolean {
    return this.position >= this.end
  }

  byte(): number {
    if (this.position >= this.end) throw new PackCorrupt('the pack ends inside a field')
    return this.buffer[this.position++] as number
  }

  varint(): number {
    let value = 0
    for (let factor = 1; factor < 2 ** 53; factor *= 128) {
      const group = this.byte()
      value += (group & 0x7f) * factor
      if (group < 0x80) return value
    }
    throw new PackCorrupt('a number in the pack has no end')
  }

  signedVarint(): number {
    const value = this.varint()
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2
  }

  /** Moves over `length` bytes and returns where they begin. */
  private skip(length: number): number {
    const start = this.position
    if (start + length > this.end) throw new PackCorrupt('a field is longer than the pack')
    this.position = start + length
    return start
  }

  /** A view into the pack: nothing is copied. */
  raw(length: number): Buffer {
    const start = this.skip(length)
    return this.buffer.subarray(start, start + length)
  }

  bytes(): Buffer {
    return this.raw(this.varint())
  }

  ascii(): string {
    const start = this.skip(this.varint())
    return this.buffer.toString('latin1', start, this.position)
  }
}
