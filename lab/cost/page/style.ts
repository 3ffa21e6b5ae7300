/** What the pictures of a bill add to the look of all pages. */
export const style = `
:root { --group-0: #009e73; --group-1: #0072b2; --group-2: #e69f00; --group-3: #cc79a7; --group-4: #56b4e9;
  --group-5: #d55e00; --group-6: #8b95a1; --group-7: #c9b20e;
  --curve-0: #b3a06a; --curve-1: #a8899c; --curve-2: #7f9fb5; --curve-3: #5b6470; --curve-4: #cc79a7;
  --curve-5: #d55e00; --curve-6: #0072b2; --curve-7: #009e73; --curve-8: #0072b2; --curve-9: #009e73; }
@media (prefers-color-scheme: dark) { :root { --group-1: #2f8fd0; --curve-3: #c0c7d0; --curve-6: #4aa8e8;
  --curve-8: #4aa8e8; --curve-7: #2cc296; --curve-9: #2cc296; } }
@media print { :root { --curve-3: #5b6470; --curve-6: #0072b2; --curve-8: #0072b2; --curve-7: #009e73; --curve-9: #009e73; } }
figcaption { font-size: .85rem; min-height: 2.6em; }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 1rem 1.5rem; }
.segment { stroke: var(--paper); stroke-width: 1; }
.curve { fill: none; stroke-width: 2.2; } .curve.source { stroke-width: 1.6; stroke-dasharray: 5 3; }
.curve.whole { stroke-dasharray: 1.5 3; stroke-linecap: round; } .leader { fill: none; stroke-width: 1; opacity: .6; }
.total { fill: var(--group-6); } .saving { fill: var(--group-0); } .step { stroke: var(--ink); } .point { fill: var(--ink); }`
