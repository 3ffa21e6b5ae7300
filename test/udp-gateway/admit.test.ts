import { expect, test } from 'vitest'
import { createTally, rejectedIn } from '../../door/tally.ts'
import { createAdmission } from '../../udp-gateway/admit.ts'
import type { Datagram } from '../../udp-gateway/arrival.ts'
import { createTokenBucket } from '../../udp-gateway/token-bucket.ts'
import { adeunisDatagram, unknownDatagram } from '../support/datagrams.ts'

const origin = { address: '10.0.0.1', family: 'IPv4', port: 40_000, size: 0 } as const

const door = ({ room, rejectsPerSecond }: { room: number; rejectsPerSecond: number }) => {
  const tally = createTally()
  const held: Datagram[] = []
  const hold = (arrival: Datagram) => held.length < room && held.push(arrival) > 0
  return { tally, held, admit: createAdmission({ tally, hold, mayRecord: createTokenBucket(rejectsPerSecond) }) }
}

test('a datagram is held with its origin, and counts only as received until the bus has it', () => {
  const { tally, held, admit } = door({ room: 10, rejectsPerSecond: 10 })
  admit(adeunisDatagram(1), origin)
  expect(held).toMatchObject([{ item: { kind: 'adeunis-nbiot', payload: adeunisDatagram(1) }, origin }])
  expect({ ...tally, rejected: rejectedIn(tally) }).toMatchObject({ received: 1, accepted: 0, rejected: 0, shed: 0 })
})

test('without room an uplink is shed, and counted', () => {
  const { tally, held, admit } = door({ room: 3, rejectsPerSecond: 10 })
  for (let i = 0; i < 10; i++) admit(adeunisDatagram(i), origin)
  expect(held).toHaveLength(3)
  expect(tally).toMatchObject({ received: 10, shed: 7 })
})

test('reject records have a limit per second; all refusals are counted, by reason', () => {
  const { tally, held, admit } = door({ room: 1000, rejectsPerSecond: 5 })
  for (let i = 0; i < 200; i++) admit(unknownDatagram, origin)
  expect(held.length).toBeGreaterThanOrEqual(5)
  expect(held.length).toBeLessThan(20)
  expect(held.every(({ item }) => item.kind === 'reject' && item.reason === 'unknown_datagram')).toBe(true)
  expect(tally.counted.get('unknown_datagram')).toBe(200 - held.length)
  expect(tally.shed).toBe(0)
})

test('without room a refusal counts as refused, not as shed', () => {
  const { tally, admit } = door({ room: 0, rejectsPerSecond: 5 })
  admit(unknownDatagram, origin)
  expect(tally).toMatchObject({ received: 1, shed: 0 })
  expect(rejectedIn(tally)).toBe(1)
})
