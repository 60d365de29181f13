import { z } from 'zod';
import { formatInstant, type RecordDraft, redactText, SCHEMA, uuidv7 } from '../../record/index.ts';
import type { Handler } from '../app.ts';
import { emitterOf } from '../auth/identity.ts';
import { readBody } from '../http/body.ts';
import { requestInvalid, sendJson } from '../http/reply.ts';

const text = z.string().max(2_048);
const statusSchema = z.object({
  labels: z.record(z.string(), text).default({}),
  bundles: z
    .record(
      z.string().max(256),
      z.object({
        active_revision: z.string().max(256).optional(),
        code: text.optional(),
        message: z.string().optional(),
      }),
    )
    .default({}),
});
type Status = z.infer<typeof statusSchema>;

/** Newest states of so many OPAs are known; of those beyond it a state may be recorded twice. */
const MOST_KNOWN = 10_000;
const MOST_MESSAGE = 2_000;

/** What each OPA said last of each of its bundles: a state is recorded when it changes, not each time that it is told. */
const known = new WeakMap<object, Map<string, string>>();

/** OPA's status service: `POST /status` or `/status/<emitter>`. */
export const postStatus: Handler = async ({ request, response, rest, identity }, app) => {
  const emitter = emitterOf(identity, rest === '' ? undefined : rest);
  const body = await readBody(request, app.settings.limits.body_bytes, app.queue);
  try {
    const status = readStatus(body.bytes);
    const before = known.get(app.store) ?? new Map<string, string>();
    known.set(app.store, before);
    if (before.size > MOST_KNOWN) before.clear();
    const changed = statesOf(status).filter(({ key, state }) => before.get(`${emitter}\n${key}`) !== state);
    const now = app.clock();
    const actor = app.actorOf(`${identity.verified_by} ${identity.name}`);
    await app.store.append(
      changed.map(
        ({ draft }): RecordDraft => ({
          schema: SCHEMA,
          record_id: uuidv7(now, app.random),
          record_type: 'bundle_state',
          observed_at: formatInstant(now),
          emitter,
          layer: 'runtime',
          tool: 'opa',
          format: 'opa-status',
          actor,
          actor_verified_by: identity.verified_by,
          ...draft,
        }),
      ),
    );
    for (const { key, state, draft } of changed) {
      before.set(`${emitter}\n${key}`, state);
      if (draft.details?.state === 'refused') app.metrics.add('opa_bundle_errors_total');
    }
    sendJson(response, 200, { changed: changed.length });
  } finally {
    body.done();
  }
};

function readStatus(bytes: Buffer): Status {
  try {
    return statusSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    throw requestInvalid('the status is not one of OPA');
  }
}

interface State {
  key: string;
  state: string;
  draft: Pick<RecordDraft, 'message' | 'details'> & { policy_revision?: string; tool_version?: string };
}

function statesOf({ labels, bundles }: Status): State[] {
  return Object.entries(bundles).map(([name, { active_revision, code, message }]) => {
    const { id = '', version } = labels;
    const said = redactText(message ?? '')
      .slice(0, MOST_MESSAGE)
      .toWellFormed();
    const state = code === undefined ? 'active' : 'refused';
    return {
      key: `${id}\n${name}`,
      state: JSON.stringify([active_revision, code, said]),
      draft: {
        message: code === undefined ? `uses the bundle ${name}` : `does not use the bundle ${name}: ${said}`,
        details: {
          bundle: name,
          state: active_revision === undefined && code === undefined ? 'none' : state,
          opa: id,
          ...(code === undefined ? {} : { code }),
        },
        ...(active_revision ? { policy_revision: active_revision } : {}),
        ...(version ? { tool_version: version } : {}),
      },
    };
  });
}
