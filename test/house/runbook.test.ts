import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { rejectReasons } from '../../core/message/rejects.ts'

const files = globSync('{core,adapters,operations,lambdas,door,udp-gateway,http-gateway}/**/*.ts')

/** What stands before the fields of each line of the log that says something is wrong. */
const calls = files.flatMap((file) =>
  // a thread beside an event loop that stands cannot use the log, and writes its line itself
  [...readFileSync(file, 'utf8').matchAll(/(?:\blog\.(?:warn|error)\(|level: 'error', event: )([^{)]*)/g)].map(
    ([, event = '']) => event,
  ),
)

const text = readFileSync('docs/runbook.md', 'utf8')
const [beforeAlarms = ''] = text.split(/^## /m)
const explained = [...beforeAlarms.matchAll(/^\| (`.+?) \| .+ \| R\d.* \|$/gm)].flatMap(([, events = '']) =>
  [...events.matchAll(/`([^`]+)`/g)].map(([, event]) => event),
)

test('the runbook explains every event that is logged as a warning or an error, and no other', () => {
  const events = calls.map((call) => [...call.matchAll(/'([^']+)'/g)].map(([, event]) => event))
  expect(calls.filter((_, i) => events[i]?.length === 0)).toEqual([])
  expect(events.length).toBeGreaterThan(10)
  expect(explained.toSorted()).toEqual([...new Set(events.flat())].sort())
})

test('the runbook explains every reason of a reject, and no other', () => {
  const [, reasons = ''] = text.split('### Reasons of rejects')
  const rows = [...reasons.matchAll(/^\| `(\w+)` \| [\w, ]+ \| .+ \| .+ \|$/gm)].map(([, reason]) => reason)
  expect(rows).toEqual([...rejectReasons])
})
