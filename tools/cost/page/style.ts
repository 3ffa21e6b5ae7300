/** One look for screen and print, light and dark. Colours that stay apart for the colour-blind (Okabe and Ito). */
export const style = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --quiet: #5b6470; --grid: #dfe3e8; --mark: #fff3c4;
  --group-0: #009e73; --group-1: #0072b2; --group-2: #e69f00; --group-3: #cc79a7; --group-4: #56b4e9; --group-5: #d55e00;
  --group-6: #8b95a1; --group-7: #c9b20e;
  --curve-0: #b3a06a; --curve-1: #a8899c; --curve-2: #7f9fb5; --curve-3: #5b6470; --curve-4: #cc79a7;
  --curve-5: #d55e00; --curve-6: #0072b2; --curve-7: #009e73; --curve-8: #0072b2; --curve-9: #009e73; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171b; --ink: #e8eaed; --quiet: #a0a8b3; --grid: #2c323a;
  --mark: #5c4a00; --group-6: #8b95a1; --curve-3: #c0c7d0; --curve-6: #4aa8e8; --curve-8: #4aa8e8; --group-1: #2f8fd0; --curve-7: #2cc296; --curve-9: #2cc296; } }
@media print { :root { color-scheme: light; --paper: #fff; --ink: #000; --quiet: #444; --grid: #ccc; --mark: #fff3c4;
  --curve-3: #5b6470; --curve-6: #0072b2; --curve-8: #0072b2; --curve-7: #009e73; --curve-9: #009e73; }
  figure, section { break-inside: avoid; } }
* { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
body { margin: 2rem auto; max-width: 940px; padding: 0 1rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin-bottom: .2rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
p.note, figcaption, ol.marks { color: var(--quiet); } ol.marks { columns: 2; column-gap: 3rem; font-size: .9rem; }
figure { margin: 0; } figcaption { font-size: .85rem; min-height: 2.6em; }
svg { display: block; width: 100%; height: auto; font: 12px system-ui, sans-serif; }
svg text { fill: var(--ink); } svg text.quiet { fill: var(--quiet); } svg text.strong { font-weight: 600; }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 1rem 1.5rem; }
.segment { stroke: var(--paper); stroke-width: 1; } .grid { stroke: var(--grid); }
.curve { fill: none; stroke-width: 2.2; } .curve.source { stroke-width: 1.6; stroke-dasharray: 5 3; }
.curve.whole { stroke-dasharray: 1.5 3; stroke-linecap: round; } .leader { fill: none; stroke-width: 1; opacity: .6; }
.mark { fill: var(--mark); stroke: var(--ink); } .total { fill: var(--group-6); } .saving { fill: var(--group-0); }
.step { stroke: var(--ink); } .point { fill: var(--ink); }
.legend span { margin-right: 1.1em; white-space: nowrap; } .legend i { display: inline-block; width: .8em; height: .8em;
  border-radius: 2px; margin-right: .4em; }`
