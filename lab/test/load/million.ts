import { readBack } from '../../ledger/read-back.ts'
import { openAccount } from '../../load/measure/account.ts'
import { createLoadFleet } from '../../load/plan/fleet.ts'
import { millionPlan, rowsOf } from './million-rows.ts'

/**
 * The ledger's side of a run of a million messages, in a separate process: what the sender reports, then everything that is
 * stored. The first messages are read from `argv[2]` like pages of the API, the others are passed directly.
 */
const [apiUrl = '', overTheWire = ''] = process.argv.slice(2)
const fleet = createLoadFleet(millionPlan)
const account = openAccount(fleet)
const none = new Uint32Array()
const perSlice = 2_000
for (let first = 0; first < fleet.count; first += perSlice) {
  const datagrams = Uint32Array.from({ length: perSlice }, (_, place) => first + place)
  account.take({
    fromMs: first / 10,
    toMs: first / 10 + 200,
    callbacks: none,
    datagrams,
    confirmed: none,
    refused: none,
  })
}
await readBack(apiUrl, account.ledger)
for (let number = Number(overTheWire); number < fleet.count; number++) {
  const { message, readings } = rowsOf(fleet, number)
  account.ledger.messageSeen(message)
  for (const reading of readings) account.ledger.readingSeen(reading)
}
account.confirmDatagrams([])
const { examples, ...verdict } = account.ledger.verdict()
console.log(JSON.stringify({ verdict, examples, peakRssMb: process.resourceUsage().maxRSS / 1_024 }))
