import { expect, test } from 'vitest'
import { framesOf } from '../../prove/world/proxy/postgres-frames.ts'

const frame = (type: string, body: Buffer | string) => {
  const bytes = Buffer.from(body)
  const head = Buffer.alloc(5)
  head.write(type, 0, 'latin1')
  head.writeInt32BE(4 + bytes.length, 1)
  return Buffer.concat([head, bytes])
}
const startup = Buffer.concat([Buffer.from([0, 0, 0, 8]), Buffer.from([0, 3, 0, 0])])
const query = (text: string) => frame('Q', `${text}\0`)
const parse = (text: string) => frame('P', `name\0${text}\0\0\0`)
const execute = frame('E', '\0\0\0\0\0')

/** For each message, whether it asks for a commit, when the bytes arrive in pieces of a given size. */
const asked = (bytes: Buffer, piece: number) => {
  const split = framesOf(true)
  const frames = []
  for (let at = 0; at < bytes.length; at += piece) frames.push(...split(bytes.subarray(at, at + piece)))
  expect(Buffer.concat(frames.map((one) => one.bytes))).toEqual(bytes)
  return frames.map(({ asksCommit }) => asksCommit)
}

test('a COMMIT is recognised in the simple and the extended protocol, however the bytes are cut, and nothing else is', () => {
  const said = Buffer.concat([
    startup,
    ...[
      query('BEGIN'),
      query('COMMIT'),
      query("SELECT 'COMMIT'"),
      parse('commit'),
      execute,
      parse('SELECT 1'),
      execute,
    ],
  ])
  for (const piece of [1, 3, 7, 1_000])
    expect(asked(said, piece)).toEqual([false, false, true, false, false, true, false, false])
})

test('the confirmation of a COMMIT is recognised, and that of another statement is not', () => {
  const split = framesOf(false)
  const said = Buffer.concat([frame('C', 'INSERT 0 1\0'), frame('C', 'COMMIT\0'), frame('D', 'COMMIT\0')])
  expect(split(said).map(({ saysCommitted }) => saysCommitted)).toEqual([false, true, false])
})
