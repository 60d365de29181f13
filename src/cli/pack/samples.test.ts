import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  auditDraft,
  itemsDigest,
  placeOf,
  plainDetails,
  recordAct,
  seedOf,
  stateBody,
} from '../../audit/index.ts';
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
/** What is said of the pack with another file of the sample, its lists made anew: no record has its digest, so where it holds together the code is 3. */
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

/** Draws that are put into the log by who holds its key, whatever they say. */
const lies = async (all: readonly object[]) => {
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const clock = () => days.machine.now;
  const ledger = await openLedger(days.folder, { clock, random });
  const found: { record_id: string; log_index: number }[] = [];
  for (const lie of all) {
    const act = {
      type: 'query',
      kind: 'sample drawn',
      message: 'sample drawn: 1 of 2 for soc2/cc6.1',
    } as const;
    const draft = auditDraft({ ...act, details: plainDetails(lie) }, { clock, random });
    found.push(await recordAct(ledger, draft));
  }
  await ledger.close();
  return found;
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
    const { kind: _, ...details } = sample.details;
    const items = [otherItem(sample)];
    const lie = { ...details, items_digest: itemsDigest(items.map((one) => one.id)) };
    const [{ record_id, log_index } = { record_id: '', log_index: -1 }] = await lies([lie]);
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
    expect(unknown).toMatch(/^3 .*"samples": 2, "samples_whole": 1, "samples_unseen": 1/);
  });

  it('is found out where strata, size or seed were chosen by who wrote the pack', async () => {
    const { kind: _, ...details } = sample.details;
    const [drawn] = sample.items;
    const other = otherItem(sample);
    const of = (items: Sample['items']) => itemsDigest(items.map((one) => one.id));
    // A draw by a state that the log never had: any other root gives another seed, until the sample pleases.
    const { origin, size } = sample.details.period_end as { origin: string; size: number };
    const chosen = (at: number, root: string) => {
      const period_end = { origin, size: at, root };
      const seed = Buffer.from(seedOf(stateBody(period_end), String(details.nonce)));
      const items = [drawn, other]
        .map((one) => ({ ...other, ...one, place: placeOf(seed, one?.id ?? '') }))
        .sort((a, b) => (a.place < b.place ? -1 : 1))
        .slice(0, 1);
      return { items, lie: { period_end, seed: seed.toString('hex'), items_digest: of(items) } };
    };
    const ends = chosen(size, 'ab'.repeat(32));
    const between = chosen(size - 1, 'cd'.repeat(32));
    // As many as please, where the method on record says two.
    const few = { method: { ...(details.method as object), size: { by: 'number', size: 2 } } };
    const byLayer = { method: { ...(details.method as object), strata: 'layer' } };
    const drawnBy: [object, Sample['items']][] = [
      [{ items_digest: of([other]) }, [other]],
      [few, [drawn as typeof other]],
      [ends.lie, ends.items],
      [between.lie, between.items],
      [byLayer, [drawn as typeof other]],
    ];
    const records = await lies(drawnBy.map(([lie]) => ({ ...details, ...lie })));
    await make('lies.zip');
    const say = async (at: number, change: object = {}) => {
      const [lie, items] = drawnBy[at] as [object, Sample['items']];
      const draw = { ...sample.draw, ...records[at] };
      const forged = { ...sample, draw, details: { ...details, ...lie }, items, ...change };
      return withSample(() => forged, 'lies.zip', `samples/${records[at]?.record_id}.json`);
    };
    const into = (item: Sample['items'][number] | undefined, name: string) =>
      sample.population.map(([one, label]): [string, string] => [one, one === item?.id ? name : label]);
    const strata = (name: string) => [
      { name, population: 1, size: 1 },
      { name: 'all', population: 1, size: 0 },
    ];
    // What should not be drawn lies in a stratum of which nothing is drawn.
    const aside = await say(0, { population: into(other, 'a'), strata: strata('a') });
    expect(aside).toContain('an item of its population is in another stratum than it says');
    expect(await say(1)).toContain('its items are not those that the seed gives over its population');
    expect(await say(2)).toContain('its seed is made of a state that the log did not have');
    // Of a state that no proof leads from it is not known: such a draw is not counted as whole, the honest one is.
    expect(await say(3)).toMatch(/^3 .*"samples_whole": 1,/);
    // Layers do not follow from an id: what is said of the others is the word of who wrote the pack.
    const layer = String(drawn?.row.layer);
    const label = (rest: string) =>
      sample.population.map(([one]): [string, string] => [one, one === drawn?.id ? layer : rest]);
    const apart = [...strata(layer).slice(0, 1), { name: 'zz', population: 1, size: 0 }];
    expect(await say(4, { population: label(layer), strata: [] })).toMatch(/^3 .*"samples_whole": 1,/);
    expect(await say(4, { population: label('zz'), strata: apart })).toContain(
      'not those that the seed gives',
    );
  });

  it('of a part of the period is whole, too: the state that it was drawn by is proven', async () => {
    const about = [
      '--control',
      'soc2/cc6.1',
      '--framework',
      'soc2',
      '--from',
      '2026-10-01',
      '--to',
      '2026-10-02',
    ];
    const { code, stderr } = await days.run(
      'sample',
      ...about,
      '--nonce',
      '8e2b7d1c4f9a6053e7d2',
      '--unit',
      'subject',
    );
    if (code !== 0 && code !== 3) throw new Error(stderr);
    await make('part.zip');
    const proofs = files('part.zip').find((one) => one.path === 'continuations.json');
    expect(JSON.parse(Buffer.from(proofs?.bytes ?? []).toString()).at(-1).of).toBe('drawn');
    const said = await verify('part.zip');
    expect(said.code).toBe(0);
    const { samples, samples_whole } = packVerifiedSchema.parse(JSON.parse(said.stdout));
    // Each but the one by layer, which another test put there.
    expect([samples_whole, samples - samples_whole]).toEqual([2, 1]);
  });

  it('is found out where the pack says other things of a draw than its record', async () => {
    const said = await withSample((own) => ({ ...own, details: { ...own.details, draw: 7 } }));
    expect(said).toContain('its draw is not what the record of the draw says');
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
