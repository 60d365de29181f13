import { createHash } from 'node:crypto';
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
  /** A program that runs in the page, and what it reads. */
  program?: Program;
}

/** It is in the page itself, by its hash, and may compile WebAssembly; nothing is asked for from outside. */
export interface Program {
  script: string;
  /** Read by it from the element `data`. */
  data: unknown;
}

/** One whole page without a script (unless it has a program of its own), a font or a picture from elsewhere: it works from a folder, offline. */
export function renderPage(page: Page): string {
  const script = page.program === undefined ? undefined : inElement(page.program.script);
  const body = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy(script)}">
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
${script === undefined ? undefined : programOf(script, page.program?.data)}</body>
</html>
`;
  return body.text;
}

const hashed = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

function contentPolicy(script: string | undefined): string {
  const closed = "base-uri 'none'; form-action 'none'";
  return script === undefined
    ? `default-src 'none'; style-src 'unsafe-inline'; ${closed}`
    : `default-src 'none'; script-src ${hashed(script)} 'wasm-unsafe-eval'; style-src ${hashed(STYLE)}; ${closed}`;
}

/** What would end the element, or begin a comment in it, is written otherwise. Valid where it stands in a text of the program. */
function inElement(script: string): string {
  return script.replace(/<(?=\/script|!--|script)/gi, '\\x3c');
}

/** In JSON these signs stand in texts only. */
function programOf(script: string, data: unknown): Markup {
  const json = JSON.stringify(data)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
  return new Markup(
    `<script type="application/json" id="data">${json}</script>\n<script>${script}</script>\n`,
  );
}

function warningsOf({ warnings = [] }: Page): Markup {
  if (warnings.length === 0) return html``;
  return html`<div class="warning" role="note" aria-label="Know this first"><ul>${warnings.map((line) => html`<li>${line}</li>`)}</ul></div>`;
}

/** Lines to be typed into a terminal. */
export function commands(lines: readonly string[]): Markup {
  return html`<pre tabindex="0"><code>${lines.join('\n')}</code></pre>`;
}
