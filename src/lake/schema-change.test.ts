import { hash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Ledger, openLedger } from '../ledger/index.ts';
import { canonicalize, derivedId } from '../record/index.ts';
import { openDatabase } from './duckdb.ts';
import { closeDay, LAKE_SCHEMA, type ManifestDetails, query, rebuildLake, verifyLake } from './index.ts';
import { manifestDraft, manifestId, readManifest, sha256 } from './manifest.ts';
import { FACT, type Fixture, firstOfMarch, type InForce, makeFixture } from './testing/fixture.ts';

let lake: Fixture;
let map: InForce;
beforeEach(async () => {
  lake = await makeFixture('2026-03-01T10:00:00.000Z');
  map = await firstOfMarch(lake);
});
afterEach(() => lake.remove());

const close = () => {
  lake.at('2026-03-02T02:00:00.000Z');
  return closeDay(lake.ledger, '2026-03-01', { clock: lake.clock });
};
const rowsOf = async (sql: string) => {
  const day = { from: '2026-03-01', to: '2026-03-01', framework: 'soc2', control: 'cc6.1' };
  return (await query(lake.ledger, { sql, ...day })).rows;
};

/** A decision as a later version of Exhibit writes it: the members of this one, and its own. */
async function later(own: Record<string, unknown>): Promise<void> {
  const record_id = derivedId('later', canonicalize(own), sha256);
  const record = {
    ...{ schema: 'exhibit.record/2', record_id, record_type: 'decision', emitter: 'later' },
    ...{
      observed_at: '2026-03-01T12:00:00.000Z',
      layer: 'ci',
      tool: 'exhibit',
      run_id: record_id,
      run_index: 0,
    },
    ...{ policy_id: 'encrypted', rule_id: 'encrypted', subject_type: 'database', subject_id: 'db9' },
    ...{ verdict: 'fail', disposition: 'enforced', severity: 'high', ...map, ...own },
  };
  const text = canonicalize({ ...record, recorded_at: '', sequence: 0 });
  const [head = '', rest = ''] = text.split('"recorded_at":"",');
  const [middle = '', tail = ''] = rest.split('"sequence":0,');
  await lake.ledger.appendEncoded('later', [{ record_id, emitter: 'later', text: { head, middle, tail } }]);
  await lake.ledger.seal();
}

describe('a record of a later schema', () => {
  const own = { confidence: { score: 0.5, by: "O'Hara" }, zone: 'eu' };

  test('is projected by the members that both have; its own go to ext, and the day says so', async () => {
    await later({ ...own, ext: '{"a":1}' });
    const { details } = await close();
    expect(details.gaps).toContainEqual({
      kind: 'other_schema',
      count: 1,
      message:
        'records of exhibit.record/2 that this version does not know: what it has no column for is in ext',
    });
    const rows = await rowsOf(
      "SELECT record_schema, verdict, subject_id, ext FROM evidence WHERE record_schema <> 'exhibit.record/1'",
    );
    expect(rows).toHaveLength(1);
    const [[schema, verdict, subject, ext] = []] = rows;
    expect([schema, verdict, subject]).toEqual(['exhibit.record/2', 'fail', 'db9']);
    expect(JSON.parse(String(ext))).toEqual({ schema: 'exhibit.record/2', members: own, ext: '{"a":1}' });
    // Those of this schema keep theirs.
    expect(
      await rowsOf("SELECT ext FROM evidence WHERE record_schema = 'exhibit.record/1' AND ext IS NOT NULL"),
    ).toEqual([]);
    expect((await rebuildLake(lake.ledger)).days.map(({ outcome }) => outcome)).toEqual(['same']);
  });

  test('is said in the header of each answer about its day', async () => {
    await later(own);
    await close();
    const { coverage } = await query(lake.ledger, {
      name: 'unmapped-decisions',
      from: '2026-03-01',
      to: '2026-03-01',
    });
    expect(coverage.recorded_gaps.map(({ kind, count }) => [kind, count])).toContainEqual([
      'other_schema',
      1,
    ]);
  });

  test('is read the same from a day that is still open', async () => {
    await later(own);
    const rows = await rowsOf("SELECT ext FROM evidence WHERE record_schema = 'exhibit.record/2'");
    expect(JSON.parse(String(rows[0]?.[0]))).toMatchObject({ members: own });
  });
});

describe('a manifest that another version of the program wrote', () => {
  let other: Ledger;
  let folder: string;
  afterEach(async () => {
    await other?.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  /** Closes the day in a copy of the ledger as such a program does: its fact file lacks a column, and its manifest says things that we do not know. */
  async function closedByOther(): Promise<void> {
    folder = await mkdtemp(join(tmpdir(), 'exhibit-other-'));
    lake.at('2026-03-02T02:00:00.000Z');
    await lake.ledger.seal({ heartbeat: true });
    await cp(lake.folder, folder, { recursive: true });
    const { details, files } = await close();
    for (const name of ['blobs', 'fact', 'daily_counts', 'evidence'])
      await cp(join(lake.folder, name), join(folder, name), { recursive: true });
    const fact = join(folder, FACT);
    await rm(fact);
    const database = await openDatabase({ threads: 1, memoryLimit: '1GB', temporary: join(folder, 'spill') });
    await database.connection.run(
      `COPY (SELECT * EXCLUDE (override_digest) FROM read_parquet('${join(lake.folder, FACT)}')) TO '${fact}' (FORMAT parquet)`,
    );
    database.close();
    const bytes = readFileSync(fact);
    const list = files.map((file) =>
      file.key === FACT
        ? {
            ...file,
            sha256: `sha256:${hash('sha256', bytes)}`,
            bytes: bytes.length,
            colour: 'not known here',
          }
        : file,
    );
    const random = (length: number) => new Uint8Array(randomBytes(length));
    other = await openLedger(folder, { clock: lake.clock, random });
    const changed = {
      ...details,
      schema_version: 'exhibit.lake/0',
      files_digest: await other.putBlob(new TextEncoder().encode(canonicalize(list))),
      gaps: [{ kind: 'moonless', message: 'the moon was new', count: 2 }],
      weather: 'not known here',
    } as unknown as ManifestDetails;
    await other.appendNumbered([manifestDraft(other.origin, changed, '2026-03-02T02:00:00.000Z')]);
    await other.seal();
  }

  test('is verified by its own digests; a rebuild compares rows, says that bytes cannot be, and leaves its files', async () => {
    await closedByOther();
    const problems = (await verifyLake(other)).problems.filter(({ kind }) => kind !== 'manifest_copy');
    expect(problems.filter(({ key }) => !key.startsWith('manifests/'))).toEqual([]);
    const before = readFileSync(join(folder, FACT));
    const rebuilt = await rebuildLake(other);
    expect(rebuilt).toMatchObject({ problems: [], days: [{ outcome: 'other_version', restored: [] }] });
    expect(readFileSync(join(folder, FACT))).toEqual(before);
  });

  test('is asked like the others: a column that it had not yet is empty, and its gaps are said in its own words', async () => {
    await closedByOther();
    const answer = await query(other, {
      sql: 'SELECT count(*) AS n, count(override_digest) AS d, count(policy_id) AS p FROM fact',
      ...{ from: '2026-03-01', to: '2026-03-01' },
    });
    expect(answer.rows.map((row) => row.map(Number))).toEqual([[5, 0, 4]]);
    expect(answer.coverage.recorded_gaps).toMatchObject([
      { kind: 'other', message: 'the moon was new', count: 2 },
    ]);
  });

  test('the first manifest of a day wins: a second one changes nothing', async () => {
    const { log_index, details } = await close();
    const again = manifestDraft(
      lake.ledger.origin,
      { ...details, rows: 0, files: 0, schema_version: 'exhibit.lake/2' },
      '2026-03-02T03:00:00.000Z',
    );
    await lake.ledger.appendNumbered([again]);
    await lake.ledger.seal();
    const found = await readManifest(lake.ledger, '2026-03-01');
    expect([found?.log_index, found?.details.schema_version]).toEqual([log_index, LAKE_SCHEMA]);
    expect(await lake.ledger.find(manifestId(lake.ledger.origin, '2026-03-01'))).toBe(log_index);
    expect((await verifyLake(lake.ledger)).problems).toEqual([]);
  });
});
