import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { createLoadFleet } from '../../load/plan/fleet.ts'
import { millionPlan, rowsOf } from './million-rows.ts'

const overTheWire = 100_000

/** Pages of the API, of the size that the ledger asks for. */
const startPages = async () => {
  const fleet = createLoadFleet(millionPlan)
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
    const perMessage = pathname === '/v1/messages' ? 1 : 2
    const first = Number(searchParams.get('cursor') ?? 0)
    const end = Math.min(overTheWire, first + Number(searchParams.get('limit')) / perMessage)
    const rows = Array.from({ length: end - first }, (_, place) => rowsOf(fleet, first + place)).flatMap(
      ({ message, readings }): object[] => (perMessage === 1 ? [message] : readings),
    )
    if (end < overTheWire) response.setHeader('x-next-cursor', String(end))
    response.end(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

test('a million messages are accounted for in 300 MB', { timeout: 60_000 }, async () => {
  const pages = await startPages()
  try {
    const url = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`
    const args = [fileURLToPath(new URL('./million.ts', import.meta.url)), url, String(overTheWire)]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    const { verdict, examples, peakRssMb } = JSON.parse(stdout)
    const million = { sent: 1_000_000, ok: 1_000_000, stored: 1_000_000, readings: 2_000_000, told: 2_000_000 }
    expect(verdict, examples.join('\n')).toEqual({
      ...million,
      ...{ refused: 0, unknown: 0, lost: 0, unexpected: 0, duplicated: 0, recovered: 0, misread: 0 },
    })
    expect(peakRssMb).toBeLessThan(300)
  } finally {
    pages.closeAllConnections()
    pages.close()
  }
})
