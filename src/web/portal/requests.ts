import { visible } from '../../record/index.ts';
import { html, type Markup } from '../html.ts';
import type { Section } from '../page.ts';
import { instant } from '../table.ts';
import { hidden } from './frame.ts';

export interface RequestsFacts {
  /** Texts are attacker-controlled, on both sides. */
  requests: readonly {
    record_id: string;
    asked_at: string;
    control: string | undefined;
    text: string;
    replies: readonly { at: string; text: string }[];
  }[];
  csrf: string;
  /** Ids of the controls that a request can be about. */
  controls: readonly string[];
  /** Where a request goes; undefined where the reader may not ask. */
  ask: string | undefined;
  /** Where a reply goes; undefined where the reader may not reply. */
  reply: string | undefined;
}

/** Requests of the auditor and replies of the team. */
export function requestsSections(facts: RequestsFacts): Section[] {
  const { requests, ask, controls } = facts;
  return [
    {
      id: 'requests',
      title: 'Requests',
      body:
        requests.length === 0
          ? html`<p>Nothing was asked for yet.</p>`
          : html`${requests.map((request) => requestCard(request, facts))}`,
    },
    ...(ask === undefined
      ? []
      : [{ id: 'ask', title: 'Ask for something', body: askForm(ask, facts.csrf, controls) }]),
  ];
}

function requestCard(
  { record_id, asked_at, control, text, replies }: RequestsFacts['requests'][number],
  { reply, csrf }: RequestsFacts,
): Markup {
  return html`<article class="card" aria-labelledby="r-${record_id}"><h3 id="r-${record_id}">${control === undefined ? 'Request' : html`Request about ${visible(control)}`}, ${instant(asked_at)}</h3>
<blockquote>${visible(text)}</blockquote>
${replies.length === 0 ? html`<p>No reply yet.</p>` : html`${replies.map((each) => html`<h4>Reply, ${instant(each.at)}</h4><blockquote>${visible(each.text)}</blockquote>`)}`}
${reply === undefined ? html`` : html`<form method="post" action="${reply}">${hidden({ csrf, request: record_id })}<label for="t-${record_id}">Reply</label><textarea id="t-${record_id}" name="text" maxlength="8000" required></textarea><p><button>Send the reply</button></p></form>`}
</article>`;
}

function askForm(action: string, csrf: string, controls: readonly string[]): Markup {
  return html`<form method="post" action="${action}">${hidden({ csrf })}<label for="control">Control, where it is about one</label><select id="control" name="control"><option value="">none</option>${controls.map((id) => html`<option value="${id}">${id}</option>`)}</select><label for="text">What you ask for</label><textarea id="text" name="text" maxlength="8000" required></textarea><p>It becomes a record of the log, and so does each reply.</p><p><button>Send the request</button></p></form>`;
}
