import { bars } from '../../page/bars.ts'
import { document } from '../../page/document.ts'
import { escaped } from '../../page/svg.ts'
import type { Entry } from './run.ts'

const style = `
article { border-top: 1px solid var(--grid); padding: .9rem 0; display: grid; grid-template-columns: 5.5rem 1fr 6rem; gap: 1rem; }
article > b { color: var(--good); } article.fails > b { color: var(--bad); }
article.fails { background: var(--wash); }
dl { display: flex; flex-wrap: wrap; gap: .35rem 1.6rem; margin: .4rem 0 0; font-size: .87rem; }
dl div { display: flex; gap: .4rem; } dt { color: var(--quiet); } dd { margin: 0; font-variant-numeric: tabular-nums; }
li { color: var(--bad); overflow-wrap: anywhere; } ul { margin: .4rem 0 0; padding-left: 1.1rem; font-size: .87rem; }
time { text-align: right; color: var(--quiet); font-variant-numeric: tabular-nums; }
@media (max-width: 40rem) { article { grid-template-columns: 1fr; gap: .2rem; } time { text-align: left; } }`

const number = (value: number | string) => (typeof value === 'number' ? value.toLocaleString('en-GB') : value)

const article = ({ id, promise, faults, figures, seconds }: Entry) => `
<article${faults.length > 0 ? ' class="fails"' : ''}>
  <b>${id} ${faults.length > 0 ? 'fails' : 'holds'}</b>
  <div>${escaped(promise)}
    ${faults.length > 0 ? `<ul>${faults.map((fault) => `<li>${escaped(fault)}</li>`).join('')}</ul>` : ''}
    <dl>${Object.entries(figures)
      .map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(number(value))}</dd></div>`)
      .join('')}</dl>
  </div>
  <time>${seconds.toFixed(1)} s</time>
</article>`

/** A chart of the time that each proof took. */
const timeChart = (entries: readonly Entry[]) =>
  bars(
    'Duration of each proof',
    entries.map(({ id, faults, seconds }) => ({
      name: id,
      value: seconds,
      says: `${seconds.toFixed(0)} s`,
      ...(faults.length > 0 && { look: 'fails' as const }),
    })),
  )

const titleOf = (bus: Entry['bus']) => (bus === null ? 'On parts of the system' : `On the whole system, bus: ${bus}`)

/** The report as one self-contained HTML page. */
export const reportHtml = (
  entries: readonly Entry[],
  { begunAt, seed, size }: { readonly begunAt: Date; readonly seed: number; readonly size: string },
): string => {
  const failed = entries.filter(({ faults }) => faults.length > 0).length
  const minutes = entries.reduce((sum, { seconds }) => sum + seconds, 0) / 60
  const sections = [...Map.groupBy(entries, ({ bus }) => bus)].map(
    ([bus, some]) => `<h2>${titleOf(bus)}</h2>${timeChart(some)}${some.map(article).join('')}`,
  )
  const verdict = failed === 0 ? `All ${entries.length} proofs hold` : `${failed} of ${entries.length} proofs fail`
  const when = begunAt.toISOString().slice(0, 16).replace('T', ' ')
  return document(
    'Sluice: the promises, put to the test',
    style,
    `<h1>${verdict}</h1>
<p class="note">${when} UTC, ${minutes.toFixed(1)} minutes, size ${escaped(size)}, seed ${seed}</p>
${sections.join('')}`,
  )
}
