/** One look for screen and print, light and dark. The colours are those of Okabe and Ito, safe for the colour-blind. */
export const style = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --quiet: #5b6470; --grid: #dfe3e8; --mark: #fff3c4;
  --wash: #f6f7f9; --good: #12794a; --bad: #b42318; --neutral: #8b95a1; --blue: #0072b2; --orange: #d55e00; --green: #009e73; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171b; --ink: #e8eaed; --quiet: #a0a8b3; --grid: #2c323a;
  --mark: #5c4a00; --wash: #1b2026; --good: #4cc38a; --bad: #ff8a7a; --blue: #4aa8e8; --orange: #f0803c; --green: #2cc296; } }
@media print { :root { color-scheme: light; --paper: #fff; --ink: #000; --quiet: #444; --grid: #ccc; --mark: #fff3c4;
  --wash: #f6f7f9; --good: #12794a; --bad: #b42318; --blue: #0072b2; --orange: #d55e00; --green: #009e73; }
  figure, section { break-inside: avoid; } }
* { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
body { margin: 2rem auto; max-width: 940px; padding: 0 1rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin-bottom: .2rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
p.note, figcaption, ol.marks { color: var(--quiet); } ol.marks { columns: 2; column-gap: 3rem; font-size: .9rem; }
figure { margin: 0; }
svg { display: block; width: 100%; height: auto; font: 12px system-ui, sans-serif; }
svg text { fill: var(--ink); } svg text.quiet { fill: var(--quiet); } svg text.strong { font-weight: 600; }
.grid { stroke: var(--grid); } .mark { fill: var(--mark); stroke: var(--ink); }
.legend span { margin-right: 1.1em; white-space: nowrap; } .legend i { display: inline-block; width: .8em; height: .8em;
  border-radius: 2px; margin-right: .4em; }
.bar { fill: var(--good); } .bar.fails { fill: var(--bad); } .bar.plain { fill: var(--blue); } .bar.aside { fill: var(--neutral); }`
