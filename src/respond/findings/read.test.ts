import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { initLedger, openLedger, type Unnumbered } from '../../ledger/index.ts';
import { SCHEMA, uuidv7 } from '../../record/index.ts';
import { readFacts } from './read.ts';

const NOON = Date.parse('2026-11-26T12:00:00Z');
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const NOWHERE = `sha256:${'a'.repeat(64)}`;

it('a record that names what is not there, or is none, does not hide the findings of others', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'exhibit-facts-'));
  const options = { clock: () => NOON, random };
  await initLedger(folder, { origin: 'example.com/e', ...options });
  const ledger = await openLedger(folder, options);
  try {
    const common = (): Unnumbered =>
      ({
        ...{ schema: SCHEMA, record_id: uuidv7(NOON, random), observed_at: '2026-11-26T12:00:00.000Z' },
        ...{ emitter: 'anybody', layer: 'runtime', tool: 'exhibit' },
      }) as Unnumbered;
    const policy = (overrides_digest: string, control_map_digest: string) =>
      ({
        ...common(),
        record_type: 'policy',
        ...{ policy_revision: 'r', bundle_digest: NOWHERE, engine: 'opa', engine_version: '1' },
        ...{ details: { lineage: 'shop', overrides_digest }, control_map_digest },
      }) as Unnumbered;
    const text = await ledger.putBlob(Buffer.from('no JSON'));
    const number = await ledger.putBlob(Buffer.from('7'));
    const run_id = uuidv7(NOON, random);
    await ledger.appendNumbered([
      policy(NOWHERE, NOWHERE),
      policy(text, text),
      policy(number, number),
      {
        ...common(),
        ...{
          record_type: 'decision',
          run_id,
          run_index: 0,
          policy_id: 'p',
          subject_type: 't',
          subject_id: 's',
        },
        ...{ verdict: 'fail', disposition: 'observed', severity: 'high', input_ref: NOWHERE },
      } as Unnumbered,
    ]);
    await ledger.seal();
    const { facts, missing_inputs } = await readFacts(ledger, { admission: false });
    expect(facts.map(({ what }) => what)).toEqual(['fail']);
    // Two digests that are not there, two of no JSON, and the input of the fail.
    expect(missing_inputs).toBe(5);
  } finally {
    await ledger.close();
    await rm(folder, { recursive: true });
  }
});
