import { PICTURE_STYLE } from './pictures/style.ts';

/** Colours by day. A picture that stands alone has these too. */
export const PALETTE = {
  ...{ ink: '#10182b', soft: '#4a5670', line: '#c9d1e0', ground: '#fff', panel: '#f4f7fc', link: '#0b4fb3' },
  ...{
    hatch: '#8a94a8',
    pass: '#57b87b',
    fail: '#b3261e',
    waived: '#f7cf5c',
    stopped: '#155e75',
    open: '#7a4bc0',
  },
  // Ages of what is open: from light to dark, so that they differ without colour.
  ...{ age0: '#d5e3f7', age1: '#93b5e6', age2: '#3f6fb5', age3: '#1d3660' },
  ...{ dark: '#10182b', light: '#fff' },
} as const;

const VARIABLES = Object.entries(PALETTE)
  .map(([name, colour]) => `--${name}:${colour};`)
  .join('');

/** Tiles that are filled: their colour, and that of their glyph. */
export const TILE_COLOURS = {
  pass: ['pass', 'dark'],
  fail: ['fail', 'light'],
  waived: ['waived', 'dark'],
  stopped: ['stopped', 'light'],
  open: ['open', 'light'],
} as const;

const TILES = Object.entries(TILE_COLOURS)
  .map(([state, [tile, glyph]]) => `.tile.${state}{background:var(--${tile});color:var(--${glyph})}`)
  .join('');

/**
 * The one style sheet. Tiles have the same colours by day and night: each differs in lightness from its neighbours in the
 * legend, and its glyph from it by 4.5 to 1 or more. The shadow at an edge of `.scroll` says that the table goes on there. The hint is there
 * where it does: a scroll timeline is at work only where there is something to scroll. A long table that is folded is printed whole.
 */
export const STYLE = `
:root{color-scheme:light dark;${VARIABLES}--shade:rgba(16,24,43,.28)}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e8edf7;--soft:#aab4c8;--line:#46526e;--ground:#0f1524;--panel:#182034;--link:#8ab8ff;--hatch:#7d88a0;--shade:rgba(160,185,255,.38);--fail:#c9352b;--open:#8a5fd0;--age3:#2a4f8f}}
*{box-sizing:border-box}body{margin:0 auto;max-width:96rem;padding:1.5rem;font:16px/1.5 system-ui,"Segoe UI","DejaVu Sans",sans-serif;color:var(--ink);background:var(--ground)}
p,li,h1,h2,code{overflow-wrap:anywhere}h1{font-size:1.7rem;margin:.2em 0}h2{font-size:1.2rem;margin:2em 0 .5em}h3{font-size:1rem;margin:1.2em 0 .3em}a{color:var(--link)}p{max-width:46rem}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--ground);padding:.5rem}
.warning{border:2px solid var(--fail);border-left-width:8px;border-radius:4px;padding:.2rem .8rem;max-width:46rem;margin:.8rem 0}.warning ul{margin:.4rem 0;padding-left:1.1rem}
nav ul,.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.4rem 1.2rem;padding:0}
.legend li{display:flex;align-items:center;gap:.4rem}
.scroll{overflow-x:auto;background:linear-gradient(to right,var(--ground) 40%,transparent) 0 0/3rem 100% no-repeat local,linear-gradient(to left,var(--ground) 40%,transparent) 100% 0/3rem 100% no-repeat local,linear-gradient(to right,var(--shade),transparent) 0 0/1.1rem 100% no-repeat scroll,linear-gradient(to left,var(--shade),transparent) 100% 0/1.1rem 100% no-repeat scroll}
.hint{margin:.6rem 0 0;color:var(--soft);font-size:.85rem}.hint.wide,.hint.tiles{display:none}@media(max-width:52rem){.hint.wide{display:block}}@media(max-width:30rem){.hint.tiles{display:block}}
@supports(animation-timeline:scroll()){.scroll>.hint{display:block;position:sticky;left:0;width:max-content;max-width:100%;max-height:0;margin:0;overflow:hidden;visibility:hidden;animation:more linear;animation-timeline:scroll(nearest inline)}@keyframes more{from,to{max-height:4em;visibility:visible}}}
table{border-collapse:collapse;font-size:.92rem}caption{text-align:left;color:var(--soft);padding:.2rem 0}
th,td{border:1px solid var(--line);padding:.3rem .6rem;text-align:left;vertical-align:top}thead th{background:var(--panel)}
th code,td code{overflow-wrap:normal;white-space:nowrap}td code.long{display:block;min-width:8.5rem;white-space:normal;overflow-wrap:anywhere}time,.whole{white-space:nowrap}.text{display:block;min-width:11rem}.caption{display:inline-block;max-width:calc(100vw - 3.2rem)}details{margin:.5rem 0}summary{cursor:pointer}
.number{text-align:right;font-variant-numeric:tabular-nums}.soft{color:var(--soft);font-size:.85em}
pre{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.8rem;overflow-x:auto;font-size:.88rem}
figure{margin:0}.tiles th,.tiles td{border-width:0 0 1px;vertical-align:middle}.tiles th[scope=row]{font-weight:400;min-width:9rem}.tiles td{padding:.2rem .3rem;text-align:center}.tiles thead th{padding:.3rem}
.tile{display:inline-flex;vertical-align:middle;align-items:center;justify-content:center;width:1.7rem;height:1.7rem;flex:none;border-radius:4px;border:1px solid var(--line);font-weight:700;print-color-adjust:exact;-webkit-print-color-adjust:exact}
${TILES}
.tile.none{background:repeating-linear-gradient(45deg,var(--ground) 0 4px,var(--hatch) 4px 6px)}.tile.none b{background:var(--ground);border-radius:2px;padding:0 .15rem;line-height:1.1}
.tile.stopped{box-shadow:inset 0 0 0 1px var(--stopped),inset 0 0 0 2px var(--light)}.tile.stopped b{font-size:.6em}.tile.part{box-shadow:inset 0 0 0 1px var(--line);background-image:repeating-linear-gradient(45deg,var(--ground) 0 3px,var(--hatch) 3px 5px);background-size:100% .45rem;background-position:bottom;background-repeat:no-repeat}.tile.part b{margin-bottom:.35rem;line-height:1}
.tile b{font-weight:700}.tiles .old .tile,.faded .tile{opacity:.6}.tiles td a{display:inline-flex;color:inherit;text-decoration:none}.tiles.small th,.tiles.small td{padding:.1rem}.tiles.small .tile{width:1.25rem;height:1.25rem;font-size:.8rem;border-radius:2px}.tiles.small thead time{writing-mode:vertical-rl;font-size:.75rem}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.tiles td{position:relative}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}footer{margin-top:3rem;color:var(--soft);border-top:1px solid var(--line)}
@media print{nav,.skip,.hint,.scroll>.hint{display:none}body{max-width:none;padding:0;font-size:11px}.scroll{overflow:visible;background:none}figure svg{max-width:100%;height:auto}.picture svg[role]{width:100%}tr,figure,.picture svg{break-inside:avoid}details:not([open]):not(.long){display:none}details.long::details-content{content-visibility:visible;display:block;height:auto}a{color:inherit}.tiles .tile{width:1.1rem;height:1.1rem}.tiles th,.tiles td{padding:.05rem}.tiles .tile b{font-size:.6rem;padding:0}.tiles thead time{writing-mode:vertical-rl;font-size:.7rem}.tiles.small .tile{width:.55rem;height:.9rem;font-size:.5rem}}
${PICTURE_STYLE}
`;
