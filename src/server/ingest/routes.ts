import { z } from 'zod';
import type { HookState } from '../../audit/index.ts';
import { seenNumbers } from '../../ledger/index.ts';
import { digestOf } from '../../policy/index.ts';
import { ExhibitError, isDigest } from '../../record/index.ts';
import type { Handler, Route } from '../app.ts';
import { readBody } from '../http/body.ts';
import { requestInvalid, sendJson } from '../http/reply.ts';
import { readBlobs } from './blobs.ts';
import { readDrafts } from './drafts.ts';
import { EARLIER_ROUTE } from './earlier.ts';
import { ledgerOf } from './evidence.ts';

/**
 * Takes a batch of records. They are on disk when the answer goes out. The same batch again gives the same answer, since a record
 * that the log has is dropped when sealing: by emitter and number, or by its id where it has none.
 */
const postRecords: Handler = async ({ request, response, identity }, app) => {
  app.store.admit();
  const { limits } = app.settings;
  const body = await readBody(request, limits.body_bytes, app.queue);
  try {
    const sender = { identity, actor: app.actorOf(`${identity.verified_by} ${identity.name}`) };
    const { drafts, refused } = readDrafts(body.bytes, sender, limits);
    const late = await app.store.take(drafts);
    const accepted = drafts.length - late.length;
    refused.push(...late);
    refused.sort((a, b) => a.line - b.line);
    for (const { code } of refused) app.metrics.add('records_refused_total', { code });
    const status = refused.length === 0 ? 200 : accepted === 0 ? 422 : 207;
    sendJson(response, status, { schemaVersion: 1, accepted, refused });
  } finally {
    body.done();
  }
};

/** Stores what records name by digest. It is there when the answer goes out. */
const putBlob: Handler = async ({ request, response, rest }, app) => {
  if (!isDigest(rest))
    throw requestInvalid(`${JSON.stringify(rest)} is not a digest`, 'PUT /v1/blobs/sha256:...');
  const body = await readBody(request, app.settings.limits.blob_bytes, app.queue);
  try {
    const actual = digestOf(body.bytes);
    if (actual !== rest)
      throw new ExhibitError('BLOB_DIGEST', `the body has the digest ${actual}`, {
        hint: 'The path names the SHA-256 of the body.',
      });
    await app.store.putBlobs([body.bytes]);
    sendJson(response, 200, { schemaVersion: 1, digest: actual, bytes: body.bytes.length });
  } finally {
    body.done();
  }
};

/** The same for many at once. All of them are there when the answer goes out. */
const postBlobs: Handler = async ({ request, response }, app) => {
  app.store.admit();
  const body = await readBody(request, app.settings.limits.body_bytes, app.queue);
  try {
    const blobs = readBlobs(body.bytes);
    await app.store.putBlobs(blobs.values());
    sendJson(response, 200, { schemaVersion: 1, digests: [...blobs.keys()] });
  } finally {
    body.done();
  }
};

/** Which numbers of each emitter came, in the log or on their way there, and which are missing between them. */
const getEmitters: Handler = async ({ response }, app) => {
  const emitters = await seenNumbers(ledgerOf(app.store));
  sendJson(response, 200, { schemaVersion: 1, emitters });
};

const question = z.strictObject({
  schemaVersion: z.literal(1),
  digests: z.array(z.string().regex(/^sha256:[0-9a-f]{64}$/)).max(10_000),
});

/**
 * Which of these files hooks judged: the pipeline asks for what a change holds. Only what a caller names is answered, so a log is not
 * read out by this.
 */
const postJudgedByHooks: Handler = async ({ request, response }, app) => {
  const body = await readBody(request, app.settings.limits.body_bytes, app.queue);
  try {
    const { digests } = readQuestion(body.bytes);
    await app.hooks.look(ledgerOf(app.store));
    const of = (state: HookState) => digests.filter((digest) => app.hooks.stateOf(digest) === state);
    sendJson(response, 200, { schemaVersion: 1, passed: of('passed'), refused: of('refused') });
  } finally {
    body.done();
  }
};

/** @throws ExhibitError REQUEST_INVALID */
function readQuestion(bytes: Buffer): z.infer<typeof question> {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw requestInvalid('the body is not JSON');
  }
  const { data, error } = question.safeParse(value);
  if (error !== undefined)
    throw requestInvalid(
      `the question is not understood: ${error.issues[0]?.path.join('.')}: ${error.issues[0]?.message}`,
      '{"schemaVersion": 1, "digests": ["sha256:..."]}, 10,000 at most',
    );
  return data;
}

/** The latest signed checkpoint, to be kept elsewhere. */
const getCheckpoint: Handler = async ({ response }, app) => {
  const text = await ledgerOf(app.store).checkpointText();
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(text);
};

export const INGEST_ROUTES: readonly Route[] = [
  {
    name: 'records',
    method: 'POST',
    path: '/v1/records',
    roles: ['emitter', 'engineer', 'approver'],
    handle: postRecords,
  },
  {
    name: 'blobs',
    method: 'PUT',
    path: '/v1/blobs/',
    roles: ['emitter', 'engineer', 'approver'],
    handle: putBlob,
  },
  {
    name: 'blobs',
    method: 'POST',
    path: '/v1/blobs',
    roles: ['emitter', 'engineer', 'approver'],
    handle: postBlobs,
  },
  {
    name: 'emitters',
    method: 'GET',
    path: '/v1/emitters',
    roles: ['engineer', 'auditor'],
    handle: getEmitters,
  },
  {
    name: 'judged_by_hooks',
    method: 'POST',
    path: '/v1/judged-by-hooks',
    roles: ['emitter', 'engineer', 'auditor'],
    handle: postJudgedByHooks,
  },
  EARLIER_ROUTE,
  {
    name: 'checkpoint',
    method: 'GET',
    path: '/v1/checkpoint',
    roles: ['engineer', 'auditor'],
    handle: getCheckpoint,
  },
];
