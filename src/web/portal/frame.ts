import { visible } from '../../record/index.ts';
import { html, Markup } from '../html.ts';
import type { Section } from '../page.ts';
import { PORTAL_STYLE } from './style.ts';

export interface PortalLink {
  href: string;
  text: string;
  current?: boolean;
}

/** One page of the portal. All text may be attacker-controlled; markup is made by this folder alone. */
export interface PortalPage {
  title: string;
  /** What the reader must know first: above all that a verification failed. */
  warnings?: readonly string[];
  lead?: readonly string[];
  /** Engagement, framework, period, checkpoint, level: name and value. */
  facts?: readonly (readonly [string, string | Markup])[];
  pages?: readonly PortalLink[];
  sections: readonly Section[];
  footer?: string;
  /** The page is asked for again after so many seconds: for what is being made. */
  refresh?: number;
  /** Where a form to sign out goes, and what it carries. */
  signOut?: { action: string; csrf: string };
  /** A page of one thing, such as to sign in. */
  narrow?: boolean;
}

/** A whole page without a script. */
export function portalPage(page: PortalPage): string {
  const { title, facts = [], lead = [], pages = [], sections, footer, refresh, signOut } = page;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
${refresh === undefined ? html`` : html`<meta http-equiv="refresh" content="${refresh}">`}
<title>${visible(title)} - Exhibit</title>
<style>${new Markup(PORTAL_STYLE)}</style>
</head>
<body${page.narrow === true ? html` class="narrow"` : html``}>
<a class="skip" href="#main">Skip to the content</a>
<header><div class="bar"><strong>Exhibit</strong>${signOut === undefined ? html`` : signOutForm(signOut)}</div>
<h1>${visible(title)}</h1>${warningsOf(page)}${lead.map((line) => html`<p>${visible(line)}</p>`)}
${facts.length === 0 ? html`` : html`<dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${typeof value === 'string' ? visible(value) : value}</dd>`)}</dl>`}
${pages.length === 0 ? html`` : html`<nav class="pages" aria-label="Pages"><ul>${pages.map(linkOf)}</ul></nav>`}
${sections.length < 3 ? html`` : html`<nav aria-label="On this page"><ul>${sections.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>`}</header>
<main id="main" tabindex="-1">${sections.map(
    ({ id, title: name, body }) =>
      html`<section aria-labelledby="${id}"><h2 id="${id}">${name}</h2>${body}</section>`,
  )}</main>
${footer === undefined ? html`` : html`<footer><p>${visible(footer)}</p></footer>`}
</body>
</html>
`.text;
}

function linkOf({ href, text, current }: PortalLink): Markup {
  return html`<li><a href="${href}"${current === true ? html` aria-current="page"` : html``}>${visible(text)}</a></li>`;
}

function signOutForm({ action, csrf }: { action: string; csrf: string }): Markup {
  return html`<form method="post" action="${action}">${hidden({ csrf })}<button class="quiet">Sign out</button></form>`;
}

/** Fields that a form carries and nobody sees. */
export function hidden(fields: Readonly<Record<string, string>>): Markup {
  return html`${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}`;
}

function warningsOf({ warnings = [] }: PortalPage): Markup {
  if (warnings.length === 0) return html``;
  return html`<div class="warning" role="note" aria-label="Know this first"><ul>${warnings.map((line) => html`<li>${visible(line)}</li>`)}</ul></div>`;
}
