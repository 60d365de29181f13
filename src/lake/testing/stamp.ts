import { randomBytes } from 'node:crypto';
import { formatInstant, SCHEMA, uuidv7 } from '../../record/index.ts';
import { STAMP_EMITTER } from '../../verify/index.ts';
import type { Fixture } from './fixture.ts';

/** The record of a time stamp as the ledger writes one; its token is not in the log. */
export async function putStamp({ ledger, clock }: Fixture, size: number): Promise<void> {
  const record = {
    ...{ schema: SCHEMA as typeof SCHEMA, record_type: 'timestamp' as const, emitter: STAMP_EMITTER },
    record_id: uuidv7(clock(), (length) => new Uint8Array(randomBytes(length))),
    observed_at: formatInstant(clock()),
    ...{ layer: 'evidence' as const, tool: 'exhibit', message: `${size} records existed` },
    details: { size, tsa: 'CN=Stamp', blob: `sha256:${'e'.repeat(64)}` },
  };
  // The name is refused in what comes in.
  await ledger.append(STAMP_EMITTER, [record], { validated: true });
  await ledger.seal();
}
