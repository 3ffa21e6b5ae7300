import { expect, test } from 'vitest'
import { htmlReport } from '../../load/report/page.ts'
import { jsonReport, printReport } from '../../load/report/table.ts'
import type { LoadResult } from '../../load/result/result.ts'
import { empty, storm, stormy } from './report-sample.ts'

const named = (name: string): LoadResult => ({
  ...stormy,
  plan: { ...stormy.plan, bus: name },
  faults: [{ kind: name, target: name, atSecond: 5, lastedSeconds: 1 }],
  cpuMicrosPerMessage: { [name]: 10 },
  peakRssMb: { [name]: 10 },
  conservation: [{ lane: name, check: name, holds: false, says: name }],
})
const broken: LoadResult = { ...stormy, lost: 3, unexpected: 1, duplicated: 4, misread: 2 }
const unnumbered: LoadResult = {
  ...stormy,
  ackMs: { p50: 0, p99: 0, max: 0 },
  confirmMs: { p50: null, p99: Number.POSITIVE_INFINITY, max: Number.NaN },
  cpuMicrosPerMessage: { gateway: Number.NaN, database: Number.POSITIVE_INFINITY },
  peakRssMb: { gateway: Number.NaN },
  timeline: stormy.timeline.map((sample) => ({ ...sample, waitingPacks: null, oldestPackMs: null })),
}
const single: LoadResult = {
  ...empty,
  sent: 1,
  accepted: 1,
  stored: 1,
  sendSeconds: 1,
  timeline: stormy.timeline.slice(0, 1),
}
const all = { empty, stormy, broken, unnumbered, single, 'only faults': { ...empty, faults: storm } }

/** Tags that are not closed, or closed in the wrong order. */
const unbalanced = (html: string): string[] => {
  const open: string[] = []
  const faults: string[] = []
  for (const [, slash, name = ''] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)(?:\s[^<>]*)?>/gi))
    if (name === 'meta') continue
    else if (!slash) open.push(name)
    else if (open.pop() !== name) faults.push(name)
  return [...faults, ...open]
}
const textOf = (html: string) => html.replace(/<style>.*?<\/style>/s, '').replace(/<[^>]+>/g, ' ')
const rowOf = (html: string, name: string) =>
  textOf(html.match(new RegExp(`<tr[^>]*><th scope="row">${name}</th>.*?</tr>`))?.[0] ?? '').trim()

for (const [name, result] of Object.entries(all))
  test(`the page of a run is well-formed and self-contained, and has only valid numbers: ${name}`, () => {
    const html = htmlReport(result)
    expect(unbalanced(html)).toEqual([])
    expect(html).not.toMatch(/NaN|Infinity|undefined|null/)
    expect(html).not.toMatch(/https?:|<script|<link|<img|<iframe|url\(|@import| on[a-z]+=/)
    expect(printReport(result)).not.toMatch(/NaN|Infinity|undefined|null/)
  })

test('the page and the table give every total of the result', () => {
  const distinct = { ...broken, sent: 600_001, accepted: 598_781 }
  for (const key of [
    'sent',
    'accepted',
    'refused',
    'unknown',
    'stored',
    'lost',
    'unexpected',
    'duplicated',
    'misread',
  ] as const) {
    const total = distinct[key].toLocaleString('en-GB')
    expect(rowOf(htmlReport(distinct), key)).toMatch(new RegExp(`^${key}\\s+${total}\\s`))
    expect(printReport(distinct)).toMatch(new RegExp(`${key}\\s+${total}\\s`))
  }
  expect(printReport(distinct)).toMatch(/readings\s+7,189,224\n/)
})

test('every fault has a number above the picture and a description below, in the order in which they happened', () => {
  const faults = Array.from({ length: 40 }, (_, i) => ({
    kind: 'kill',
    target: `worker-${i}`,
    atSecond: (i * 97) % 600,
    lastedSeconds: i % 3,
  }))
  const html = htmlReport({ ...stormy, faults })
  expect(html.match(/<circle [^>]*class="mark"/g)).toHaveLength(40)
  const listed = [...html.matchAll(/<li>kill of (worker-\d+) at (\d+) s/g)].map(([, target, second]) => [
    target,
    Number(second),
  ])
  expect(listed).toEqual(
    faults.map(({ target, atSecond }) => [target, atSecond]).sort(([, a], [, b]) => Number(a) - Number(b)),
  )
})

test('numbers of faults at the same moment do not overlap', () => {
  const faults = [5, 5, 5, 6, 300].map((atSecond) => ({ kind: 'kill', target: 'gateway', atSecond, lastedSeconds: 0 }))
  const html = htmlReport({ ...stormy, faults })
  const places = [...html.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)" r="9" class="mark"/g)].map(([, cx, cy]) => [
    Number(cx),
    Number(cy),
  ])
  for (const [i, [x = 0, y = 0]] of places.entries())
    for (const [x2 = 0, y2 = 0] of places.slice(i + 1)) expect(Math.hypot(x - x2, y - y2)).toBeGreaterThan(18)
  expect(places).toHaveLength(5)
})

test('a fault after the last sampled second lies within the picture', () => {
  const late = { kind: 'kill', target: 'db', atSecond: 900, lastedSeconds: 60 }
  const html = htmlReport({ ...stormy, faults: [late] })
  const [, cx] = html.match(/<circle cx="([\d.]+)" [^>]*class="mark"/) ?? []
  expect(Number(cx)).toBeGreaterThan(56)
  expect(Number(cx)).toBeLessThan(884)
})

test('names are text, never markup', () => {
  const html = htmlReport(named('<b onload="x">&\'bus\'</b>'))
  expect(html).not.toContain('<b ')
  expect(html).toContain('&lt;b onload=&quot;x&quot;&gt;&amp;')
  expect(unbalanced(html)).toEqual([])
})

test('the JSON has the keys of the result, its totals, and no others', () => {
  const back = JSON.parse(jsonReport(stormy))
  expect(back).toEqual(stormy)
  for (const key of ['ackMs', 'endToEndMs', 'kernelDrops', 'cpuMicrosPerMessage', 'peakRssMb', 'faults', 'misread'])
    expect(back).toHaveProperty(key)
})
