/** Colours by role, for a light and a dark page; everything else takes them from here. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1b1d21; --quiet: #5d6470; --line: #d5d9e0; --lane: #f4f5f8;
  --bar: #cfdcf2; --bar-edge: #6c8cc4; --within: #ffe3a6; --within-edge: #b97f10;
  --bad: #c62828; --bad-ink: #ffffff; --window: #c6282822; --fault: #7a4fc524; --fault-ink: #5b35a0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15171b; --ink: #e8eaee; --quiet: #9aa2b0; --line: #363b45; --lane: #1d2026;
    --bar: #2b3d5e; --bar-edge: #6c8cc4; --within: #5a430f; --within-edge: #d9a035;
    --bad: #e5534b; --bad-ink: #15171b; --window: #e5534b2b; --fault: #a98be82b; --fault-ink: #c3aaf5;
  }
}
body { background: var(--paper); color: var(--ink); font: 14px/1.45 system-ui, sans-serif; margin: 24px; }
h1 { font-size: 20px; } h2 { font-size: 16px; margin: 28px 0 8px; }
.note, .key { color: var(--quiet); margin: 2px 0; max-width: 100ch; }
.verdict { font-weight: 600; } .violation { color: var(--bad); }
table { border-collapse: collapse; margin: 8px 0; }
th, td { text-align: left; vertical-align: top; padding: 3px 12px 3px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
td { font: 12px/1.4 ui-monospace, monospace; }
.scroll { overflow-x: auto; border: 1px solid var(--line); }
.zoom { position: relative; font-size: 11px; }
.lane { position: absolute; left: 0; right: 0; background: var(--lane); }
.lane b { position: sticky; left: 4px; line-height: 22px; background: var(--lane); padding-right: 6px; z-index: 3; }
.zoom i { position: absolute; top: 4px; font-style: normal; color: var(--quiet); z-index: 2; }
.bar { position: absolute; height: 20px; line-height: 20px; padding: 0 3px; box-sizing: border-box; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; background: var(--bar); border: 1px solid var(--bar-edge); border-radius: 3px; z-index: 1; }
.bar.within { background: var(--within); border-color: var(--within-edge); }
.bar.blocked { background: var(--bad); border-color: var(--bad); color: var(--bad-ink); font-weight: 600; }
.bar.open { border-style: dashed; border-right: none; border-radius: 3px 0 0 3px; }
.bar.refused { opacity: .5; text-decoration: line-through; }
div.window, div.fault { position: absolute; top: 0; z-index: 1; pointer-events: none; }
div.window { background: var(--window); border: solid var(--bad); border-width: 0 2px; box-sizing: border-box; }
div.fault { background: var(--fault); }
div.window span, div.fault span { position: absolute; bottom: 0; white-space: nowrap; }
div.window span { color: var(--bad); font-weight: 600; } div.fault span { color: var(--fault-ink); bottom: 16px; }
svg { width: 100%; min-width: 1100px; font-size: 10px; } svg text { fill: var(--quiet); }
svg .bar { fill: var(--bar-edge); } svg .open { fill: var(--within-edge); } svg .refused { fill: var(--line); }
svg .blocked { fill: var(--bad); } svg rect.fault { fill: var(--fault); } svg text.fault { fill: var(--fault-ink); }
svg rect.window { fill: var(--window); stroke: var(--bad); } svg text.window { fill: var(--bad); font-weight: 600; }
`
