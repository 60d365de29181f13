import { type EarlierAnswer, earlierQuestionSchema, MOST_ASKED } from '../../audit/index.ts';
import type { Handler, Route } from '../app.ts';
import { jsonOf, readBody } from '../http/body.ts';
import { busy } from '../http/queue.ts';
import { requestInvalid, sendJson } from '../http/reply.ts';
import { ledgerOf } from './evidence.ts';

/** How long a caller waits while the log is read, milliseconds; the reading goes on for the next one. */
const PATIENCE = 5_000;
/** Most bytes of objects in an answer. */
const MOST_BYTES = 8 * 1024 * 1024;

/**
 * What admission or CI last said of the subjects that a caller names: a watcher asks it of what fails. Only what is named is answered,
 * so a log is not read out by this; objects that passed are for those who may read evidence.
 */
const postEarlier: Handler = async ({ request, response, identity }, app) => {
  const body = await readBody(request, app.settings.limits.body_bytes, app.queue);
  try {
    const { data, error } = earlierQuestionSchema.safeParse(jsonOf(body.bytes));
    if (error !== undefined)
      throw requestInvalid(
        `the question is not understood: ${error.issues[0]?.path.join('.')}: ${error.issues[0]?.message}`,
        `{"schemaVersion": 1, "asked": [{"policy_id", "rule_id", "subject_id"}]}, ${MOST_ASKED} at most`,
      );
    const ledger = ledgerOf(app.store);
    await patiently(app.earlier.look(ledger));
    const objects = identity.roles.some((role) => role === 'auditor' || role === 'administrator');
    const passes: EarlierAnswer[] = [];
    let bytes = 0;
    for (const one of data.asked) {
      const found = await app.earlier.find(one, ledger, objects);
      if (found === null || !('object' in found)) {
        passes.push(found);
        continue;
      }
      const length = Buffer.byteLength(JSON.stringify(found.object));
      // Without the object it is still the record.
      const { object, ...rest } = found;
      if (bytes + length > MOST_BYTES) passes.push(rest);
      else passes.push({ ...rest, object });
      bytes += length;
    }
    sendJson(response, 200, { schemaVersion: 1, passes });
  } finally {
    body.done();
  }
};

/** @throws ExhibitError SERVER_BUSY where the log is still being read */
async function patiently(looking: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const limit = setTimeout(() => late.reject(busy('the log is still being read', 503)), PATIENCE);
  try {
    await Promise.race([looking, late.promise]);
  } finally {
    clearTimeout(limit);
    // Who comes next hears of what went wrong with it.
    looking.catch(() => undefined);
  }
}

export const EARLIER_ROUTE: Route = {
  name: 'earlier',
  method: 'POST',
  path: '/v1/earlier',
  roles: ['emitter', 'engineer', 'auditor'],
  handle: postEarlier,
};
