import { html, Markup } from './html.ts';
import { STYLE } from './style.ts';

export interface Section {
  id: string;
  title: string;
  body: Markup;
}

export interface Page {
  title: string;
  /** One or two plain sentences: what the reader sees, and what is not covered. */
  lead: readonly string[];
  /** What must be known before anything else: stands above the lead. */
  warnings?: readonly string[];
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
<header><h1>${page.title}</h1>${warningsOf(page)}${page.lead.map((line) => html`<p>${line}</p>`)}
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

function warningsOf({ warnings = [] }: Page): Markup {
  if (warnings.length === 0) return html``;
  return html`<div class="warning" role="note" aria-label="Know this first"><ul>${warnings.map((line) => html`<li>${line}</li>`)}</ul></div>`;
}

/** Lines to be typed into a terminal. */
export function commands(lines: readonly string[]): Markup {
  return html`<pre tabindex="0"><code>${lines.join('\n')}</code></pre>`;
}
