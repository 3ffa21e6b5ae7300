import type { Entry } from './run.ts'

const escaped = (text: string | number) =>
  String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const style = `
:root { color-scheme: light dark; --ink: light-dark(#14181d, #e8ebee); --soft: light-dark(#5b6570, #9aa4ae);
  --line: light-dark(#e3e6ea, #2b3138); --good: light-dark(#12794a, #4cc38a); --bad: light-dark(#b42318, #ff8a7a);
  --wash: light-dark(#f6f7f9, #171b20); }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: light-dark(#fff, #0f1215);
  max-width: 70rem; margin: 2.5rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2.5rem 0 .75rem; }
p { color: var(--soft); margin: 0 0 1.5rem; }
article { border-top: 1px solid var(--line); padding: .9rem 0; display: grid; grid-template-columns: 5.5rem 1fr 6rem; gap: 1rem; }
article > b { color: var(--good); } article.fails > b { color: var(--bad); }
article.fails { background: var(--wash); }
dl { display: flex; flex-wrap: wrap; gap: .35rem 1.6rem; margin: .4rem 0 0; font-size: .87rem; }
dl div { display: flex; gap: .4rem; } dt { color: var(--soft); } dd { margin: 0; font-variant-numeric: tabular-nums; }
li { color: var(--bad); overflow-wrap: anywhere; } ul { margin: .4rem 0 0; padding-left: 1.1rem; font-size: .87rem; }
time { text-align: right; color: var(--soft); font-variant-numeric: tabular-nums; }
svg text { fill: var(--soft); font: 11px system-ui, sans-serif; } svg rect { fill: var(--good); } svg rect.fails { fill: var(--bad); }
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

const rowHeight = 20

/** How long each proof took, drawn. */
const timeChart = (entries: readonly Entry[]) => {
  const longest = Math.max(1, ...entries.map(({ seconds }) => seconds))
  const bars = entries.map(({ id, faults, seconds }, i) => {
    const [y, width] = [i * rowHeight, Math.max(2, (seconds / longest) * 700)]
    return `<text x="34" y="${y + 14}" text-anchor="end">${id}</text>
      <rect x="44" y="${y + 4}" width="${width.toFixed(1)}" height="12" rx="2"${faults.length > 0 ? ' class="fails"' : ''}/>
      <text x="${(52 + width).toFixed(1)}" y="${y + 14}">${seconds.toFixed(0)} s</text>`
  })
  return `<svg viewBox="0 0 800 ${entries.length * rowHeight}" width="100%" role="img" aria-label="Duration of each proof">${bars.join('')}</svg>`
}

const titleOf = (bus: Entry['bus']) => (bus === null ? 'On parts of the system' : `On the whole system, bus: ${bus}`)

/** One HTML page that needs nothing else. */
export const reportHtml = (
  entries: readonly Entry[],
  { begunAt, seed, size }: { readonly begunAt: Date; readonly seed: number; readonly size: string },
): string => {
  const failed = entries.filter(({ faults }) => faults.length > 0).length
  const minutes = entries.reduce((sum, { seconds }) => sum + seconds, 0) / 60
  const sections = [...Map.groupBy(entries, ({ bus }) => bus)].map(
    ([bus, some]) => `<h2>${titleOf(bus)}</h2>${timeChart(some)}${some.map(article).join('')}`,
  )
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sluice: the promises, put to the test</title><style>${style}</style>
<h1>${failed === 0 ? `All ${entries.length} proofs hold` : `${failed} of ${entries.length} proofs fail`}</h1>
<p>${begunAt.toISOString().slice(0, 16).replace('T', ' ')} UTC, ${minutes.toFixed(1)} minutes, size ${escaped(size)}, seed ${seed}</p>
${sections.join('')}
</html>
`
}
