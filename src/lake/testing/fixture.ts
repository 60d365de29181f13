import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initLedger, type Ledger, openLedger, type Unnumbered } from '../../ledger/index.ts';
import {
  canonicalize,
  type Digest,
  derivedId,
  formatInstant,
  type RandomBytes,
  type RecordDraft,
  SCHEMA,
  uuidv7,
  type Verdict,
} from '../../record/index.ts';
import { sha256 } from '../manifest.ts';

/** A policy version as a decision refers to it. */
export interface InForce {
  bundle_digest: Digest;
  control_map_digest: Digest;
  policy_revision: string;
}

export type Links = readonly (readonly [
  policy: string,
  control: string,
  fields?: { from?: string; until?: string; strength?: string },
])[];

/** Checks of one meaning, as a control map writes them. */
export type Groups = readonly { policy_ids: string[]; rationale: string; controls: string[] }[];

/** Sources that a version expects. */
export type Emitters = readonly { name: string; owner: string; cadence: string; since: string }[];

/** A real ledger in a new folder with a clock that the test sets. */
export interface Fixture {
  ledger: Ledger;
  folder: string;
  clock: () => number;
  /** Sets the clock, as RFC 3339. */
  at(instant: string): void;
  /**
   * Announces a version: a policy record with its control map, frameworks and policies as blobs. The same bundle with another
   * signature is another policy record.
   */
  announce(
    revision: string,
    links: Links,
    signature?: string,
    groups?: Groups,
    emitters?: Emitters,
  ): Promise<InForce>;
  /** Appends decisions of one emitter, and seals. Each is [policy, subject, verdict], with more fields where given. */
  decide(
    inForce: InForce | undefined,
    ...decisions: (readonly [
      policy: string,
      subject: string,
      verdict: Verdict,
      fields?: Partial<RecordDraft>,
    ])[]
  ): Promise<string[]>;
  /** Appends any records, and seals. */
  put(
    emitter: string,
    ...records: (Partial<Unnumbered> & Pick<Unnumbered, 'record_type'>)[]
  ): Promise<string[]>;
  remove(): Promise<void>;
}

const random: RandomBytes = (length) => new Uint8Array(randomBytes(length));
const encode = (value: unknown) => new TextEncoder().encode(canonicalize(value));

/**
 * @param start what the clock shows first, RFC 3339
 * @param origin name of the log
 */
export async function makeFixture(start: string, origin = 'test.example/lake'): Promise<Fixture> {
  let now = Date.parse(start);
  const clock = () => now;
  const folder = await mkdtemp(join(tmpdir(), 'exhibit-lake-'));
  await initLedger(folder, { origin, random, clock });
  const ledger = await openLedger(folder, { clock, random });
  const over = fixtureOver(ledger, clock, (time) => {
    now = time;
  });
  return {
    ...over,
    async remove() {
      await ledger.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The same over a ledger that is there; whoever opened it closes it. @param set sets the clock, Unix milliseconds */
export function fixtureOver(
  ledger: Ledger,
  clock: () => number,
  set: (time: number) => void,
): Omit<Fixture, 'remove'> {
  const base = () => ({
    schema: SCHEMA as typeof SCHEMA,
    record_id: uuidv7(clock(), random),
    observed_at: formatInstant(clock()),
    layer: 'ci' as const,
    tool: 'exhibit',
  });
  const put: Fixture['put'] = async (emitter, ...records) => {
    const drafts = records.map((record) => ({ ...base(), emitter, ...record }));
    const { record_ids } = await ledger.append(emitter, drafts);
    await ledger.seal();
    return record_ids;
  };
  return {
    ledger,
    folder: ledger.folder,
    clock,
    put,
    at(instant) {
      set(Date.parse(instant));
    },
    async announce(revision, links, signature = 'first', groups, emitters) {
      const inForce: InForce = {
        policy_revision: revision,
        bundle_digest: `sha256:${Buffer.from(sha256(encode([revision, links, groups ?? []]))).toString('hex')}`,
        control_map_digest: await ledger.putBlob(encode(controlMap(links, groups))),
      };
      const details = {
        frameworks_digest: await ledger.putBlob(encode(frameworks(links))),
        policies_digest: await ledger.putBlob(encode(policies(links))),
        ...(emitters === undefined ? {} : { emitters_digest: await ledger.putBlob(encode(emitters)) }),
      };
      const record_id = derivedId('bundle', `${inForce.bundle_digest} ${signature}`, sha256);
      await ledger.appendNumbered([
        { ...base(), record_id, emitter: 'policy', record_type: 'policy', ...inForce, details },
      ]);
      await ledger.seal();
      return inForce;
    },
    decide(inForce, ...decisions) {
      const run_id = uuidv7(clock(), random);
      return put(
        'ci',
        ...decisions.map(([policy_id, subject_id, verdict, fields], run_index) => ({
          record_type: 'decision' as const,
          ...{
            run_id,
            run_index,
            policy_id,
            rule_id: policy_id,
            subject_type: 'database',
            subject_id,
            verdict,
          },
          disposition: verdict === 'fail' ? ('enforced' as const) : ('none' as const),
          severity: 'high' as const,
          ...inForce,
          ...fields,
        })),
      );
    },
  };
}

function controlMap(links: Links, groups: Groups | undefined) {
  const entries = links.map(([policy_id, control, fields]) => ({
    policy_id,
    control,
    rationale: 'because',
    strength: 'full',
    ...fields,
  }));
  const written = groups?.map(({ controls, ...group }) => ({
    ...group,
    controls: controls.map((control) => ({ control, strength: 'partial' })),
  }));
  return { schema: 'exhibit.control-map/1', entries, ...(written === undefined ? {} : { groups: written }) };
}

/** soc2 with three controls, of which cc9.9 is never automated, and iso27001 with what the links name. */
function frameworks(links: Links) {
  const control = (id: string) => ({ id, title: `Title of ${id}`, summary: 'short', coverage: 'automated' });
  const iso = links.filter(([, name]) => name.startsWith('iso27001/')).map(([, name]) => name.slice(9));
  return [
    {
      ...{ id: 'soc2', title: 'SOC 2', version: '2017', source: 'test' },
      controls: [control('cc6.1'), control('cc7.2'), { ...control('cc9.9'), coverage: 'manual' }],
    },
    {
      ...{ id: 'iso27001', title: 'ISO 27001', version: '2022', source: 'test' },
      controls: [...new Set(iso)].map(control),
    },
  ];
}

function policies(links: Links) {
  return [...new Set(links.map(([policy]) => policy))].map((id) => ({
    ...{
      id,
      title: `Title of ${id}`,
      severity: 'high',
      owner: 'platform',
      cadence: 'P1D',
      since: '2026-01-01',
    },
    layers: { ci: 'enforce' },
  }));
}

/** Keys of the day that firstOfMarch fills. */
export const FACT = 'fact/year=2026/month=03/day=01/fact.parquet';
export const DAILY = 'daily_counts/year=2026/month=03/day=01/daily_counts.parquet';
export const CC61 = 'evidence/soc2/cc6.1/year=2026/month=03/day=01/evidence.parquet';
export const CC72 = 'evidence/soc2/cc7.2/year=2026/month=03/day=01/evidence.parquet';

/** Six records on 1 March: policy record, three decisions for cc6.1, one for both maps' a.8.24, one without a map. */
export async function firstOfMarch(lake: Fixture): Promise<InForce> {
  const map = await lake.announce('r1', [
    ['encrypted', 'soc2/cc6.1'],
    ['encrypted', 'iso27001/a.8.24'],
    ['alerts', 'soc2/cc7.2'],
  ]);
  await lake.decide(map, ['encrypted', 'db1', 'fail'], ['encrypted', 'db2', 'pass']);
  lake.at('2026-03-01T23:59:59.999Z');
  await lake.decide(map, ['encrypted', 'db1', 'pass']);
  await lake.decide(undefined, ['encrypted', 'db3', 'pass']);
  return map;
}
