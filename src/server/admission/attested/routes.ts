import { ExhibitError } from '../../../record/index.ts';
import type { Handler, Route } from '../../app.ts';
import { jsonOf, readBody } from '../../http/body.ts';
import { requestInvalid, sendJson } from '../../http/reply.ts';
import { type Answer, MOST_BYTES, questionSchema } from './exchange.ts';

/**
 * The attestations that gates recorded here, for a server that judges at admission and has no ledger of its own. Nothing is verified: that is
 * for who asks. What would make the answer too long is counted.
 */
const postAttestations: Handler = async ({ request, response }, app) => {
  const log = app.attestations;
  if (log === undefined) throw new ExhibitError('NOT_FOUND', 'this server has no ledger of its own');
  const body = await readBody(request, app.settings.limits.body_bytes, app.queue);
  try {
    const { data, error } = questionSchema.safeParse(jsonOf(body.bytes));
    if (error !== undefined)
      throw requestInvalid(
        `the question is not understood: ${error.issues[0]?.message}`,
        '{"schemaVersion": 1, "keys": ["object apps/v1 Deployment web", "image <64 digits>"]}, 1,000 at most',
      );
    await log.recent();
    const attestations: Answer['attestations'] = [];
    const digests = log.digestsOf(data.keys);
    let bytes = 0;
    for (const digest of digests) {
      const envelope = await log.blob(digest);
      if (bytes + envelope.length > MOST_BYTES) continue;
      bytes += envelope.length;
      attestations.push({ digest, envelope: Buffer.from(envelope).toString('base64') });
    }
    const left_out = digests.length - attestations.length;
    sendJson(response, 200, { schemaVersion: 1, attestations, left_out });
  } finally {
    body.done();
  }
};

export const ATTESTATION_ROUTES: readonly Route[] = [
  {
    name: 'attestations',
    method: 'POST',
    path: '/v1/attestations',
    roles: ['emitter', 'engineer', 'auditor'],
    handle: postAttestations,
  },
];
