/** One message of PostgreSQL's protocol 3, with its header. */
export interface Frame {
  readonly bytes: Buffer
  /** A simple query, or the execution of a prepared one, whose text is COMMIT. */
  readonly asksCommit: boolean
  /** CommandComplete with the tag COMMIT. */
  readonly saysCommitted: boolean
}

const code = { query: 0x51, parse: 0x50, execute: 0x45, commandComplete: 0x43 }

/** The zero-terminated text at `at`. */
const textAt = (bytes: Buffer, at: number) => bytes.toString('latin1', at, bytes.indexOf(0, at))

const isCommit = (text: string) => /^\s*commit\b/i.test(text)

/**
 * Cuts one direction of a connection into its messages. A client's first message has no type byte. In the extended
 * protocol a Parse holds the text and an Execute runs it, so an Execute after the Parse of a COMMIT is a COMMIT.
 */
export const framesOf = (hasStartup: boolean): ((chunk: Buffer) => Frame[]) => {
  let rest: Buffer = Buffer.alloc(0)
  let startup = hasStartup
  let parsedCommit = false

  const read = (bytes: Buffer): Frame => {
    const type = startup ? 0 : bytes[0]
    startup = false
    if (type === code.parse) parsedCommit = isCommit(textAt(bytes, bytes.indexOf(0, 5) + 1))
    const asksCommit = (type === code.query && isCommit(textAt(bytes, 5))) || (type === code.execute && parsedCommit)
    return { bytes, asksCommit, saysCommitted: type === code.commandComplete && textAt(bytes, 5) === 'COMMIT' }
  }

  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const frames: Frame[] = []
    for (;;) {
      const lengthAt = startup ? 0 : 1
      if (rest.length < lengthAt + 4) return frames
      const end = lengthAt + rest.readUInt32BE(lengthAt)
      if (rest.length < end) return frames
      frames.push(read(rest.subarray(0, end)))
      rest = rest.subarray(end)
    }
  }
}
