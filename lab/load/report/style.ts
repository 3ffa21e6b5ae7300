/** What the report of a load run adds to the look of all pages. */
export const style = `
h1.fails, tr.fails th, tr.fails td { color: var(--bad); } h3 { font-size: 1rem; margin: 1.6rem 0 .4rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .8rem; margin: 1.4rem 0; }
.tiles div { background: var(--wash); border-radius: 6px; padding: .6rem .8rem; }
.tiles dt { color: var(--quiet); font-size: .8rem; } .tiles dd { margin: 0; font-size: 1.3rem; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; } .wide > svg, .wide > table.latency { min-width: 640px; }
.wide > svg text { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; } svg .mark + text { stroke: none; } table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .6rem; text-align: right; border-bottom: 1px solid var(--grid); vertical-align: top; }
th { font-weight: 600; } thead th { color: var(--quiet); font-weight: 400; vertical-align: bottom; }
th:first-child { text-align: left; padding-left: 0; } th small { display: block; color: var(--quiet); font-weight: 400; }
table.text :is(th, td):nth-child(4), table.prose :is(th, td) { text-align: left; } table.text td:nth-child(4) { color: var(--quiet); }
table.latency :is(th, td):last-child { width: 46%; padding-right: 0; vertical-align: middle; }
table.figures { font-size: .8rem; } table.figures td { white-space: nowrap; }
tr.same { background: var(--mark); } tr.ours { background: var(--wash); font-weight: 600; }
tr.same th:first-child, tr.ours th:first-child { padding-left: .6rem; }
section > ul { color: var(--quiet); font-size: .9rem; padding-left: 1.1rem; }
.area { fill: var(--neutral); fill-opacity: .45; }
.line { fill: none; stroke-width: 1.6; stroke-linejoin: round; }
.line.first { stroke: var(--blue); } .line.second { stroke: var(--orange); stroke-dasharray: 5 3; } .line.third { stroke: var(--green); }
rect.fault { fill: var(--bad); fill-opacity: .14; } line.fault { stroke: var(--bad); stroke-dasharray: 2 3; }
.range { stroke: var(--blue); stroke-width: 2; } .p99 { fill: var(--blue); }
.p50 { fill: var(--paper); stroke: var(--blue); stroke-width: 2; }`
