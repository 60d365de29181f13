import { isUtf8 } from 'node:buffer';
import { requireUnexpired } from '../../policy/index.ts';
import { formatInstant, isExhibitError, uuidv7 } from '../../record/index.ts';
import type { App, Call, Handler } from '../app.ts';
import { readBody } from '../http/body.ts';
import { sendText } from '../http/reply.ts';
import { withoutDepths } from './depth.ts';
import { inputText } from './input-text.ts';
import { takeEvents } from './logs.ts';

/** As OPA writes errors. @see OPA, "REST API" */
function sendOpaError(call: Call, status: number, code: string, message: string): void {
  sendText(call.response, status, 'application/json', `${JSON.stringify({ code, message })}\n`);
}

/** Of no length: to the module `input` is undefined then, as it is to OPA. */
const NO_INPUT = new Uint8Array();
const WARNING = `"warning":{"code":"api_usage_warning","message":"'input' key missing from the request"}`;

/**
 * OPA's data API, answered by the bundle's own module: `data.exhibit.entry.*`, the rules of each policy that give its verdict, and
 * the bundle's data. What the module cannot be asked is an error: an empty answer would look like a no.
 */
export const postData: Handler = async (call, app) => {
  const { limits } = app.settings;
  const body = await readBody(call.request, limits.body_bytes, app.queue);
  try {
    const parsed = parse(body.bytes);
    if (parsed === undefined) {
      sendOpaError(
        call,
        400,
        'invalid_parameter',
        'body contains malformed input document: not a JSON object, or nested too deep',
      );
      return;
    }
    const bundle = app.rules.current();
    if (bundle !== undefined) requireUnexpired(bundle, app.clock());
    const path = call.rest.split('/').filter((part) => part !== '');
    const answer = await answerTo(path, parsed.input, app);
    if (answer === 'unknown') {
      const message = `data.${path.join('.')} cannot be asked here: the bundle's module answers data.exhibit.entry.* and the verdict rules of its policies`;
      sendOpaError(call, 501, 'unsupported', message);
      return;
    }
    const members = [
      ...(app.settings.decisions.record ? [await recorded(call, app, path, parsed.input, answer)] : []),
      ...(answer === undefined ? [] : [`"result":${answer}`]),
      ...(parsed.input === undefined ? [WARNING] : []),
    ];
    sendText(call.response, 200, 'application/json', `{${members.join(',')}}\n`);
  } catch (error) {
    if (isExhibitError(error, 'BUNDLE_EXPIRED')) {
      // An answer from it would be taken for one of the policies that hold now.
      sendOpaError(call, 503, 'bundle_expired', error.message);
      return;
    }
    if (!isExhibitError(error) || !error.code.startsWith('ENGINE_')) throw error;
    sendOpaError(call, 500, 'internal_error', error.message);
  } finally {
    body.done();
  }
};

/** The input as it was written; an empty body is none, as for OPA. */
function parse(bytes: Buffer): { input: Uint8Array | undefined } | undefined {
  if (bytes.length === 0) return { input: undefined };
  if (!isUtf8(bytes)) return undefined;
  try {
    const text = bytes.toString('utf8');
    if (withoutDepths(text) !== text) return undefined;
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    // OPA takes null for none as well.
    return { input: 'input' in value && value.input !== null ? inputText(bytes) : undefined };
  } catch {
    return undefined;
  }
}

async function answerTo(
  path: readonly string[],
  input: Uint8Array | undefined,
  app: App,
): Promise<string | undefined | 'unknown'> {
  const place = app.rules.placeOf(path);
  if (place !== undefined) {
    const text = await app.rules.ask(place.rule, input ?? NO_INPUT);
    return place.members.length === 0 || text === undefined ? text : member(JSON.parse(text), place.members);
  }
  if (path[0] !== 'exhibit' || path[1] !== 'bundle') return 'unknown';
  const data = app.rules.current()?.files.get('data.json');
  return data === undefined ? 'unknown' : member(JSON.parse(Buffer.from(data).toString('utf8')), path);
}

function member(value: unknown, keys: readonly string[]): string | undefined | 'unknown' {
  let at = value;
  for (const key of keys) {
    // A set of Rego is a list here, and its members cannot be told from places in a list.
    if (Array.isArray(at)) return 'unknown';
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return JSON.stringify(at);
}

/** What was answered is on disk before the caller has it. @returns the member of the answer that names the decision */
async function recorded(
  { identity, request }: Call,
  app: App,
  path: readonly string[],
  input: Uint8Array | undefined,
  answer: string | undefined,
): Promise<string> {
  const decision_id = uuidv7(app.clock(), app.random);
  const revision = app.rules.current()?.revision;
  const members = [
    `"decision_id":${JSON.stringify(decision_id)}`,
    `"path":${JSON.stringify(path.join('/'))}`,
    `"timestamp":${JSON.stringify(formatInstant(app.clock()))}`,
    `"labels":${JSON.stringify({ version: app.version })}`,
    `"requested_by":${JSON.stringify(request.socket.remoteAddress ?? '')}`,
    ...(revision === undefined ? [] : [`"bundles":{"data":{"revision":${JSON.stringify(revision)}}}`]),
    ...(input === undefined ? [] : [`"input":${Buffer.from(input).toString('utf8')}`]),
    ...(answer === undefined ? [] : [`"result":${answer}`]),
  ];
  await takeEvents(
    `[{${members.join(',')}}]`,
    { identity, emitter: app.emitter, tool: 'exhibit', format: 'exhibit-data-api' },
    app,
  );
  return `"decision_id":${JSON.stringify(decision_id)}`;
}
