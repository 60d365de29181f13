const FILLS = [
  'ground',
  'panel',
  'ink',
  'soft',
  'line',
  'hatch',
  'pass',
  'fail',
  'waived',
  'open',
  'link',
] as const;
const AGED = ['age0', 'age1', 'age2', 'age3'] as const;

const NAMED = [...FILLS, ...AGED].map((name) => `.picture .f-${name}{fill:var(--${name})}`).join('');

/** Of pictures: colours by name, so that themes and print change them in one place. Lines differ by their dashes, too. */
export const PICTURE_STYLE = `
.picture{margin:.4rem 0 1rem}.picture svg{display:block;max-width:none;font:12px/1 system-ui,"Segoe UI","DejaVu Sans",sans-serif;print-color-adjust:exact;-webkit-print-color-adjust:exact}.picture text{fill:var(--ink)}.picture .head{font-size:14px;font-weight:700}.picture .small{font-size:11px}.picture .dim{fill:var(--soft);font-size:11px}.picture .mono{font-family:ui-monospace,"DejaVu Sans Mono",monospace}.picture .bold{font-weight:700}
${NAMED}.picture .on-dark{fill:#fff}.picture .on-light{fill:#10182b}
.picture .edge{stroke:var(--line);stroke-width:1}.picture .strong{stroke:var(--ink);stroke-width:2}.picture .bare{fill:var(--ground);stroke:var(--line)}.picture .grid{stroke:var(--line);stroke-width:1}.picture .axis{stroke:var(--soft);stroke-width:1}
.picture .limit{stroke:var(--fail);stroke-width:2;stroke-dasharray:8 4}.picture .half{stroke:var(--ink);stroke-width:1.5}.picture .ninety{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:6 3}.picture .due{stroke:var(--fail);stroke-width:1.2;stroke-dasharray:2 3}.picture .mark{stroke:var(--soft);stroke-width:1;stroke-dasharray:2 2}
.picture .dot{fill:var(--ink);stroke:var(--ground);stroke-width:1}.picture .hollow{fill:var(--ground);stroke:var(--fail);stroke-width:2}.picture .cross{stroke:var(--soft);stroke-width:2;fill:none}.picture .rise{stroke:var(--fail);stroke-width:2;fill:none}
.picture .missed{stroke:var(--fail);stroke-width:1}.picture .key{flex:none}.picture polygon{stroke:var(--ground);stroke-width:1}.picture polygon.missed{stroke:var(--fail)}
`;
