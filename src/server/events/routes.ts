import { ExhibitError, isExhibitError } from '../../record/index.ts';
import { sourceOf } from '../../sources/index.ts';
import type { App, Call, Handler, Route } from '../app.ts';
import { emitterOf, type Identity } from '../auth/identity.ts';
import { readBody } from '../http/body.ts';
import { sendJson } from '../http/reply.ts';
import { allowOrigin, validationCode } from './handshake.ts';
import { identityOf, requireFormat, senderOf } from './sender.ts';
import { type SnsMessage, snsMessageOf } from './sns.ts';
import { eventsIn, takeEvents } from './take.ts';

/** Longest body of a caller that only the body itself can name: SNS sends 256 KiB at most. */
const SIGNED_BODY = 1_048_576;

/**
 * Takes events of another tool: `POST /v1/events/FORMAT` or `/v1/events/FORMAT/EMITTER`. One event, a list or lines of them. They are on
 * disk when the answer goes out; one that could not be understood is on the record as that.
 */
const postEvents: Handler = async (call, app) => {
  const { request, identity } = call;
  const unknown = identity.roles.length === 0;
  app.events.admit(app, unknown ? undefined : identity);
  const { body_bytes } = app.settings.limits;
  const body = await readBody(
    request,
    unknown ? Math.min(body_bytes, SIGNED_BODY) : body_bytes,
    app.queue,
  ).catch((error: unknown) => {
    app.events.refused(identity, error, app);
    throw error;
  });
  try {
    await take(call, body.bytes, app);
  } catch (error) {
    app.events.refused(identity, error, app);
    throw error;
  } finally {
    body.done();
  }
};

async function take(call: Call, bytes: Buffer, app: App): Promise<void> {
  const { response } = call;
  const [format, named] = placesOf(call.rest);
  const value = jsonOf(bytes);
  const message = snsMessageOf(value);
  const identity = call.identity.roles.length > 0 ? call.identity : await signedBy(message, format, app);
  const sender = app.settings.events.senders.find(({ name }) => name === identity.name);
  if (sender !== undefined && identity.verified_by === 'secret') requireFormat(sender, format);
  if (format !== 'auto') sourceOf(format);
  const code = validationCode(value);
  if (code !== undefined) {
    app.log('info', 'events subscription validated', { caller: identity.name });
    return sendJson(response, 200, { validationResponse: code });
  }
  if (message !== undefined && message.Type !== 'Notification') return confirm(message, identity, call, app);
  const events =
    message === undefined
      ? eventsIn(bytes, app.settings.limits.batch_records)
      : [Buffer.from(message.Message)];
  const delivery = {
    format,
    emitter: emitterOf(identity, named),
    actor: app.actorOf(`${identity.verified_by} ${identity.name}`),
    verified_by: identity.verified_by,
  };
  sendJson(response, 200, { schemaVersion: 1, ...(await takeEvents(events, delivery, app)) });
}

/** `falco`, or `falco/edge/node-1`: a format and the emitter. */
function placesOf(rest: string): [format: string, emitter: string | undefined] {
  const slash = rest.indexOf('/');
  return slash < 0 ? [rest, undefined] : [rest.slice(0, slash), rest.slice(slash + 1)];
}

/** The value of a body that is one; undefined for lines and for what is no JSON. */
function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** @throws ExhibitError AUTH_MISSING, AUTH_INVALID, AUTH_DENIED */
async function signedBy(message: SnsMessage | undefined, format: string, app: App): Promise<Identity> {
  const sender =
    message === undefined
      ? undefined
      : app.settings.events.senders.find(({ sns_topics }) => sns_topics?.includes(message.TopicArn) === true);
  if (message === undefined || sender === undefined)
    throw new ExhibitError('AUTH_MISSING', 'who is calling?', {
      hint: 'Send a token, the secret header of a sender, or a message of an SNS topic that the settings name.',
    });
  await app.events.signatures.require(message);
  requireFormat(sender, format);
  return identityOf(sender, 'sns');
}

/** A topic asks whether it may send here. It may where the settings name it; that a subscription ends is only logged. */
async function confirm(
  message: Exclude<SnsMessage, { Type: 'Notification' }>,
  identity: Identity,
  { response }: Call,
  app: App,
): Promise<void> {
  const { Type, TopicArn, SubscribeURL } = message;
  if (identity.verified_by !== 'sns')
    throw new ExhibitError(
      'AUTH_DENIED',
      'a subscription is confirmed only for topics that the settings name',
      {
        hint: 'Add the topic to sns_topics of a sender.',
      },
    );
  if (Type === 'SubscriptionConfirmation') await app.events.signatures.confirm(SubscribeURL);
  app.log(Type === 'SubscriptionConfirmation' ? 'info' : 'warn', 'events subscription', {
    topic: TopicArn,
    caller: identity.name,
    type: Type,
  });
  sendJson(response, 200, { schemaVersion: 1, events: 0 });
}

export const EVENT_ROUTES: readonly Route[] = [
  {
    name: 'events',
    method: 'POST',
    path: '/v1/events/',
    roles: ['emitter'],
    identify: (request, { events }) => {
      const sender = senderOf(request, events);
      return sender === undefined ? undefined : identityOf(sender, 'secret');
    },
    anyone: ({ events }) => events.senders.some(({ sns_topics }) => sns_topics !== undefined) === true,
    handle: postEvents,
  },
  {
    name: 'events_options',
    method: 'OPTIONS',
    path: '/v1/events/',
    roles: ['emitter'],
    identify: (request, { events }) => {
      const sender = senderOf(request, events);
      return sender === undefined ? undefined : identityOf(sender, 'secret');
    },
    handle: allowOrigin,
  },
];

/** Whether what was thrown means that nothing was taken now, but later may be. */
export const isBusy = (error: unknown): boolean => isExhibitError(error, 'SERVER_BUSY');
