import { html, Markup } from './html.ts';

export interface Section {
  id: string;
  title: string;
  body: Markup;
}

export interface Page {
  title: string;
  /** One or two plain sentences: what the reader sees, and what is not covered. */
  lead: readonly string[];
  sections: readonly Section[];
  footer: string;
}

/** One whole page without a script, a font or a picture from elsewhere: it works from a folder, offline. */
export function renderPage(page: Page): string {
  const body = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>${page.title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header><h1>${page.title}</h1>${page.lead.map((line) => html`<p>${line}</p>`)}
<nav aria-label="On this page"><ul>${page.sections.map((section) => html`<li><a href="#${section.id}">${section.title}</a></li>`)}</ul></nav></header>
<main id="main">${page.sections.map(
    (section) =>
      html`<section aria-labelledby="${section.id}"><h2 id="${section.id}">${section.title}</h2>${section.body}</section>`,
  )}</main>
<footer><p>${page.footer}</p></footer>
</body>
</html>
`;
  return body.text;
}

/** A table with a caption; numbers stand right. */
export function dataTable(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): Markup {
  const cell = (value: string | number) =>
    typeof value === 'number'
      ? html`<td class="number">${value.toLocaleString('en-US')}</td>`
      : html`<td>${value}</td>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table: ${caption}"><table><caption>${caption}</caption><thead><tr>${columns.map(
    (name) => html`<th scope="col">${name}</th>`,
  )}</tr></thead><tbody>${rows.map((row) => html`<tr>${row.map(cell)}</tr>`)}</tbody></table></div>`;
}

/** Lines to be typed into a terminal. */
export function commands(lines: readonly string[]): Markup {
  return html`<pre tabindex="0"><code>${lines.join('\n')}</code></pre>`;
}

const STYLE = `
:root{color-scheme:light dark;--ink:#10182b;--soft:#4a5670;--line:#c9d1e0;--ground:#fff;--panel:#f4f7fc;--link:#0b4fb3;
--pass:#cfe8d5;--fail:#b3261e;--waived:#f2c14e;--open:#c9a6e8;--na:#e4e8f0;--mark:#fff;--hatch:#8a94a8}
@media(prefers-color-scheme:dark){:root{--ink:#e8edf7;--soft:#aab4c8;--line:#3a4560;--ground:#0f1524;--panel:#182034;--link:#8ab8ff;
--pass:#2f5d3c;--fail:#e5655c;--waived:#b98a1f;--open:#7d55a3;--na:#2a334a;--mark:#14060a;--hatch:#7d88a0}}
*{box-sizing:border-box}body{margin:0 auto;max-width:72rem;padding:1.5rem;font:16px/1.5 system-ui,"Segoe UI","DejaVu Sans",sans-serif;color:var(--ink);background:var(--ground)}
p,li,h1,h2{overflow-wrap:anywhere}h1{font-size:1.7rem;margin:.2em 0}h2{font-size:1.2rem;margin:2em 0 .5em}a{color:var(--link)}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--ground);padding:.5rem}
nav ul,.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.4rem 1.2rem;padding:0}
.legend li{display:flex;align-items:center;gap:.4rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.92rem}caption{text-align:left;color:var(--soft);padding:.2rem 0}
th,td{border:1px solid var(--line);padding:.3rem .6rem;text-align:left;vertical-align:top}thead th{background:var(--panel)}
.number{text-align:right;font-variant-numeric:tabular-nums}.soft{color:var(--soft);font-size:.85em}
pre{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.8rem;overflow-x:auto;font-size:.88rem}
figure{margin:0}.heatmap svg{max-width:100%;height:auto}.heatmap text{font:12px system-ui,"Segoe UI","DejaVu Sans",sans-serif;fill:var(--ink)}
.cell{stroke:var(--line)}.cell.pass{fill:var(--pass)}.cell.fail{fill:var(--fail)}.cell.waived{fill:var(--waived)}.cell.open{fill:var(--open)}.cell.not_applicable{fill:var(--na)}.cell.none{fill:url(#hatch)}
.hatch-ground{fill:var(--ground)}.hatch-line{stroke:var(--hatch);stroke-width:1.5}
.heatmap text.glyph{font-weight:700;font-size:14px}.heatmap text.glyph.fail{fill:var(--mark)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}footer{margin-top:3rem;color:var(--soft);border-top:1px solid var(--line)}
@media print{nav,.skip{display:none}body{max-width:none}}
`;
