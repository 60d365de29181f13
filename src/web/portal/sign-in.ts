import { visible } from '../../record/index.ts';
import { html, type Markup } from '../html.ts';
import type { Section } from '../page.ts';
import { hidden, portalPage } from './frame.ts';

/** Where somebody comes who is not signed in. @param issuers names for the buttons, and where they lead */
export function signInPage(issuers: readonly { name: string; href: string }[], said?: string): string {
  return portalPage({
    title: 'Sign in',
    narrow: true,
    ...(said === undefined ? {} : { warnings: [said] }),
    lead: ['This is the evidence of an audit. Who may read it was sent a link, or signs in here.'],
    sections: [
      {
        id: 'how',
        title: 'How',
        body: html`${issuers.length === 0 ? html`` : html`<ul>${issuers.map(({ name, href }) => html`<li><a class="big" href="${href}">Sign in with ${name}</a></li>`)}</ul>`}
<p>A link signs in once. If yours was used or is too old, ask whoever sent it for another one.</p>`,
      },
    ],
  });
}

/** What a link shows: nothing is used up until the button is pressed, so that a scanner of mail may open it. */
export function linkPage(action: string, fields: { link: string; form: string }): string {
  return portalPage({
    title: 'Sign in to the evidence of an audit',
    narrow: true,
    lead: ['This link signs in once, in this browser. All that is read is put on record.'],
    sections: [
      {
        id: 'go-on',
        title: 'Go on',
        body: html`<form method="post" action="${action}">${hidden(fields)}<p><button>Sign in</button></p></form>`,
      },
    ],
  });
}

/** A page that says one thing: an error, or that something was done. */
export function messagePage(
  title: string,
  lines: readonly string[],
  link?: { href: string; text: string },
): string {
  const body: Markup = html`${paragraphs(lines)}${link === undefined ? html`` : html`<p><a href="${link.href}">${link.text}</a></p>`}`;
  return portalPage({ title, narrow: true, sections: [{ id: 'what', title: 'What this means', body }] });
}

/** Lines of one thing, within a page. Attacker-controlled. */
export function messageSection(title: string, lines: readonly string[]): Section {
  return { id: 'what', title, body: paragraphs(lines) };
}

function paragraphs(lines: readonly string[]): Markup {
  return html`${lines.map((line) => html`<p>${visible(line)}</p>`)}`;
}
