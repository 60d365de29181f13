import { ExhibitError } from '../../record/index.ts';
import type { Channel } from '../findings/config.ts';
import { trackers } from '../trackers/check-ticket.ts';
import { FINDING_LABEL } from '../trackers/types.ts';
import { emailSender } from './email.ts';
import type { Message } from './message.ts';
import { post } from './post.ts';
import { addressOf, type Env, secretOf } from './secret.ts';
import type { Sender } from './sender.ts';
import { isLongEnough, signWebhook } from './signature.ts';

/**
 * What sends on a channel, with its secrets.
 * @param folder of the configuration
 * @throws ExhibitError CONFIG_INVALID where a secret or an address is missing or wrong
 */
export function senderOf(channel: Channel, env: Env, folder: string): Sender {
  switch (channel.kind) {
    case 'slack': {
      const url = addressOf(secretOf(channel.url, env, folder), channel.name);
      return { send: (message) => post(url, JSON.stringify(slackBody(message))) };
    }
    case 'teams': {
      const url = addressOf(secretOf(channel.url, env, folder), channel.name);
      return { send: (message) => post(url, JSON.stringify(teamsBody(message))) };
    }
    case 'webhook':
      return webhookSender(channel, env, folder);
    case 'email':
      return emailSender(channel, secretOf(channel.smtp, env, folder));
    case 'github':
    case 'gitlab':
    case 'jira':
      return trackerSender(channel, env);
  }
}

function webhookSender(channel: Extract<Channel, { kind: 'webhook' }>, env: Env, folder: string): Sender {
  const place = typeof channel.url === 'string' ? channel.url : secretOf(channel.url, env, folder);
  const url = addressOf(place, channel.name);
  const secret = secretOf(channel.secret, env, folder);
  if (!isLongEnough(secret))
    throw new ExhibitError('CONFIG_INVALID', `the secret of the channel ${channel.name} is too short`, {
      hint: 'It needs 24 bytes or more: openssl rand -base64 32.',
    });
  return {
    send: (message, { key }, now) => {
      const body = JSON.stringify({ ...message.body, title: message.title });
      const seconds = Math.floor(now / 1000);
      return post(url, body, {
        'webhook-id': key,
        'webhook-timestamp': String(seconds),
        'webhook-signature': signWebhook(key, seconds, body, secret),
        'idempotency-key': key,
      });
    },
  };
}

function trackerSender({ kind, name, project }: Extract<Channel, { project: string }>, env: Env): Sender {
  const tracker = trackers(env).find((each) => each.kind === kind);
  if (tracker === undefined)
    throw new ExhibitError('CONFIG_INVALID', `the channel ${name} needs EXHIBIT_JIRA_URL`, {
      hint: 'Addresses and tokens of trackers are variables: see docs/reference/configuration.md.',
    });
  return {
    send: async ({ title, text }) => {
      // Looked for by its title first, so that it is opened once.
      const reported = await tracker.report(project, title, inert[kind](text), FINDING_LABEL);
      return 'failed' in reported
        ? { outcome: 'failed', why: reported.failed, again: !reported.failed.startsWith('it refuses') }
        : { outcome: 'delivered', receipt: reported.url };
    },
  };
}

const fenced = (text: string): string => `\`\`\`text\n${text.replaceAll('```', "'''")}\n\`\`\``;

/**
 * In a block of the tracker's own markup, so that nothing of it mentions anybody or becomes a link. Jira's is no Markdown: in a fence it
 * would read links, images and mentions.
 * @see https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=advanced
 */
const inert: Record<'github' | 'gitlab' | 'jira', (text: string) => string> = {
  github: fenced,
  gitlab: fenced,
  jira: (text) => `{noformat}\n${text.replaceAll(/\{(?=noformat)/gi, '(')}\n{noformat}`,
};

/** @see https://docs.slack.dev/messaging/formatting-message-text/#escaping */
const slackText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
/** A block takes 3,000 signs. */
const MOST_BLOCK = 2_900;

/**
 * Blocks of plain text, in which nothing of others mentions anybody or becomes a link; and the line that a notification shows.
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
export function slackBody({ title, text }: Message): object {
  const shown = text.length > MOST_BLOCK ? `${text.slice(0, MOST_BLOCK)}\n(cut)` : text;
  const block = (plain: string) => ({
    type: 'section',
    text: { type: 'plain_text', text: plain, emoji: false },
  });
  return { text: slackText(title), blocks: [block(title), block(shown)] };
}

/**
 * An adaptive card for a workflow of Teams.
 * @see https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
 */
export function teamsBody({ title, facts }: Message): object {
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            { type: 'TextBlock', size: 'medium', weight: 'bolder', wrap: true, text: markdown(title) },
            {
              type: 'FactSet',
              facts: facts.map(([name, value]) => ({ title: name, value: markdown(value) })),
            },
          ],
        },
      },
    ],
  };
}

/** Cards read a part of Markdown: nothing of others becomes a link. */
const markdown = (text: string): string => text.replace(/[\\[\]()*_`]/g, '\\$&');
