import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditDraft, itemsDigest, placeOf, plainDetails, recordAct } from '../../audit/index.ts';
import { openLedger } from '../../ledger/index.ts';
import { canonicalize } from '../../record/index.ts';
import { type PackFile, readZip } from '../../verify/index.ts';
import { SCOPE, type ThreeDays, threeDays } from '../engagement/testing/three-days.ts';
import { packVerifiedSchema } from './schema.ts';
import { remake } from './testing/remake.ts';

interface Sample {
  draw: Record<string, unknown>;
  details: Record<string, unknown>;
  items: { id: string; place: string; row: Record<string, unknown> }[];
  population: [string, string][];
}

let days: ThreeDays;
let id: string;
let path: string;
/** Of two subjects one was drawn; this is what was written of it. */
let sample: Sample;
beforeAll(async () => {
  days = await threeDays();
  id = await days.open();
  const about = ['--control', 'soc2/cc6.1', ...SCOPE.slice(2), '--unit', 'subject'];
  const drawn = await days.run(
    'sample',
    ...about,
    '--nonce',
    '4f1d6c0f5a0e4b7c9d1e',
    '--size',
    '1',
    '--census',
    '0',
  );
  if (drawn.code !== 0 && drawn.code !== 3) throw new Error(drawn.stderr);
  await make('pack.zip');
  const own = files('pack.zip').find((one) => one.path.startsWith('samples/'));
  path = own?.path ?? '';
  sample = JSON.parse(Buffer.from(own?.bytes ?? []).toString());
}, 300_000);
afterAll(() => days.remove());

const at = (name: string) => join(days.machine.folder, name);
const files = (name: string) => readZip(readFileSync(at(name)));
const make = async (out: string) => {
  const { code, stderr } = await days.machine.run('pack', id, '--evidence', days.folder, '--out', out);
  if (code !== 0) throw new Error(stderr);
};
const verify = async (name: string) => {
  const vkey = join(days.folder, 'keys', 'test.example_lake.vkey');
  const { code, stdout } = await days.machine.run('verify', 'pack', name, '--vkey', vkey, '--json');
  return { code, stdout: stdout.replaceAll(/\s+/g, ' ') };
};
/** What is said of the pack with another file of the sample, its lists made anew. */
const withSample = async (change: (sample: Sample) => unknown, from = 'pack.zip', to = path) => {
  const other: PackFile = {
    path: to,
    bytes: Buffer.from(canonicalize(change(structuredClone(sample)) as never)),
  };
  const kept = remake(files(from), (one) => (one.path === to ? other : one));
  const there = files(from).some((one) => one.path === to);
  writeFileSync(at('changed.zip'), there ? kept : remake([...files(from), other], (one) => one));
  const { code, stdout } = await verify('changed.zip');
  return `${code} ${stdout}`;
};
/** The subject that was not drawn, as an item: its place is the one that the seed gives. */
const otherItem = ({ items, population, details }: Sample) => {
  const [drawn] = items;
  const [left = ''] = population.map(([one]) => one).filter((one) => one !== drawn?.id);
  const [policy_id, subject_type, subject_id, environment] = JSON.parse(left);
  const place = placeOf(Buffer.from(String(details.seed), 'hex'), left);
  // A row of no record of the pack, so that nothing but the draw can find it out.
  const row = { ...drawn?.row, policy_id, subject_type, subject_id, environment, log_index: 3 };
  return { ...drawn, id: left, place, row };
};

describe('a sample of subjects in a pack', { timeout: 180_000 }, () => {
  it('is drawn again over the population that is in the pack', async () => {
    // Two subjects of the control: by hand, from what was put there.
    expect(sample.population.map(([one]) => JSON.parse(one)[2])).toEqual(['db/a', 'db/b']);
    const { code, stdout } = await verify('pack.zip');
    expect(code).toBe(0);
    expect(packVerifiedSchema.parse(JSON.parse(stdout))).toMatchObject({
      samples: 1,
      samples_whole: 1,
      samples_unseen: 0,
    });
  });

  it('is found out where the draw on record is of subjects that the seed does not give', async () => {
    const ledger = await openLedger(days.folder, {
      clock: () => days.machine.now,
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    });
    const { kind: _, ...details } = sample.details;
    const items = [otherItem(sample)];
    const message = 'sample drawn: 1 of 2 for soc2/cc6.1';
    const lie = { ...details, items_digest: itemsDigest(items.map((one) => one.id)) };
    const { record_id, log_index } = await recordAct(
      ledger,
      auditDraft(
        { type: 'query', kind: 'sample drawn', message, details: plainDetails(lie) },
        { clock: () => days.machine.now, random: (length) => crypto.getRandomValues(new Uint8Array(length)) },
      ),
    );
    await ledger.close();
    await make('lied.zip');
    // What makes packs finds it out itself, and says so instead.
    const left = JSON.parse(
      Buffer.from(files('lied.zip').find((one) => one.path === 'pack.json')?.bytes ?? []).toString(),
    ).left_out.join('\n');
    expect(left).toContain(`sample ${record_id}: drawn again it gives other items`);
    // Whoever makes the pack with a program of their own is found out by the verifier.
    const forged = { ...sample, draw: { ...sample.draw, record_id, log_index }, details: lie, items };
    const said = await withSample(() => forged, 'lied.zip', `samples/${record_id}.json`);
    expect(said).toMatch(/^1 DOES NOT HOLD PACK_INVALID .*not those that the seed gives over its population/);
    // Without the population it is not known, and that is said.
    const { population: __, ...blind } = forged;
    const unknown = await withSample(() => blind, 'lied.zip', `samples/${record_id}.json`);
    expect(unknown).toMatch(/^0 .*"samples": 2, "samples_whole": 1, "samples_unseen": 1/);
  });

  it('is found out with the row of another subject, or another decision than the record has', async () => {
    const [drawn] = sample.items;
    const other = otherItem(sample).row;
    const row = (change: object) =>
      withSample((own) => ({ ...own, items: [{ ...drawn, row: { ...drawn?.row, ...change } }] }));
    expect(await row({ subject_id: other.subject_id })).toContain(
      'its item 1 names another subject than was drawn',
    );
    expect(await row({ verdict: drawn?.row.verdict === 'pass' ? 'fail' : 'pass' })).toMatch(
      /its item 1 is not what record \d+ says/,
    );
    expect(await row({ layer: 'runtime' })).toMatch(/its item 1 is not what record \d+ says/);
  });

  it('is found out over another population than the record names', async () => {
    for (const change of [
      ({ population, ...rest }: Sample) => ({ ...rest, population: population.slice(1) }),
      ({ population, ...rest }: Sample) => ({ ...rest, population: [...population, ['x', 'all']] }),
    ])
      expect(await withSample(change)).toContain('its population is not that of the draw');
  });
});
