import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualItems } from '../../audit/index.ts';
import { closeDay, query } from '../../lake/index.ts';
import { type Fixture, makeFixture } from '../../lake/testing/fixture.ts';
import { openReader } from '../../ledger/index.ts';
import { Machine } from '../testing/program.ts';
import { type ManualDocument, manualSchema } from './schema.ts';

let lake: Fixture;
let machine: Machine;

beforeEach(async () => {
  lake = await makeFixture('2026-03-01T10:00:00.000Z');
  const map = await lake.announce('r1', [['encrypted', 'soc2/cc6.1']]);
  await lake.decide(map, ['encrypted', 'db1', 'pass'], ['encrypted', 'db2', 'fail']);
  machine = new Machine('2026-03-01T11:00:00.000Z');
  file('minutes.pdf', PDF);
});
afterEach(() => lake.remove());

const PDF = '%PDF-1.7\nminutes\n';
const file = (name: string, content: string | Buffer) => writeFileSync(join(machine.folder, name), content);

async function manual(
  ...args: string[]
): Promise<{ code: number; stderr: string; document: ManualDocument }> {
  const { code, stdout, stderr } = await machine.run(
    'manual',
    ...args,
    '--evidence',
    lake.folder,
    '-o',
    'json',
  );
  if (stdout === '') return { code, stderr, document: undefined as unknown as ManualDocument };
  return { code, stderr, document: manualSchema.parse(JSON.parse(stdout)) };
}
const ABOUT = [
  '--control',
  'soc2/cc9.9',
  '--title',
  'Board minutes',
  '--valid-until',
  '2026-06-30',
  '--as',
  'adam',
];
const add = (...more: string[]) => manual('add', 'minutes.pdf', ...ABOUT, ...more);
const GRACE = ['--reviewer', 'grace', '--verdict', 'pass'];

async function kinds(to: string): Promise<Record<string, unknown>> {
  const asked = { name: 'evidence-kinds', framework: 'soc2', from: '2026-03-01', to };
  const { columns, rows } = await query(lake.ledger, asked);
  const at = columns.findIndex(({ name }) => name === 'kind');
  return Object.fromEntries(rows.map((row) => [row[0], row[at]]));
}

describe('manual evidence', { timeout: 120_000 }, () => {
  it('is a blob with a record: form and type by its content, digest, who added it by a reference', async () => {
    const { code, document } = await add();
    expect(code).toBe(0);
    const digest = `sha256:${createHash('sha256').update(PDF).digest('hex')}` as const;
    expect(document.items).toMatchObject([
      {
        ...{ framework: 'soc2', control: 'cc9.9', form: 'document', name: 'minutes.pdf', digest },
        ...{ media_type: 'application/pdf', bytes: PDF.length, verdict: 'not_evaluated', in_force: false },
        added_by: expect.stringMatching(/^actor:/),
      },
    ]);
    expect(Buffer.from(await lake.ledger.blob(digest)).toString()).toBe(PDF);
  });

  it('is reviewed by somebody else, and each review stays', async () => {
    const own = await add('--reviewer', 'adam', '--verdict', 'pass');
    expect([own.code, (await manual('list')).document.items]).toEqual([2, []]);
    const id = (await add(...GRACE)).document.items[0]?.record_id ?? '';
    expect((await manual('review', id, '--reviewer', 'adam', '--verdict', 'pass')).code).toBe(2);
    const { document } = await manual(
      'review',
      id,
      '--reviewer',
      'henry',
      '--verdict',
      'fail',
      '--note',
      'unsigned',
    );
    expect(document.items[0]).toMatchObject({ verdict: 'fail', in_force: false });
    expect(document.items[0]?.reviews.map(({ reviewer, verdict }) => [reviewer, verdict])).toEqual([
      ['grace', 'pass'],
      ['henry', 'fail'],
    ]);
  });

  it('is fresh, expiring for thirty days, and stale after its last day', async () => {
    await add(...GRACE);
    const days = ['2026-05-30', '2026-05-31', '2026-06-30', '2026-07-01'];
    const seen = [];
    for (const day of days) {
      const [item] = (await manual('list', '--on', day)).document.items;
      seen.push([item?.freshness, item?.in_force]);
    }
    expect(seen).toEqual([
      ['fresh', true],
      ['expiring', true],
      ['expiring', true],
      ['stale', false],
    ]);
  });

  it('that was replaced stays listed, beside what replaced it', async () => {
    const first = (await add(...GRACE)).document.items[0]?.record_id ?? '';
    const second = (await add('--supersedes', first)).document.items[0]?.record_id ?? '';
    const { document } = await manual('list');
    expect(
      document.items.map(({ record_id, replaced_by, in_force }) => [record_id, replaced_by, in_force]),
    ).toEqual([
      [first, second, false],
      [second, undefined, false],
    ]);
    expect(document.summary).toMatchObject({ items: 2, replaced: 1, not_reviewed: 1, in_force: 0 });
    expect((await add('--supersedes', first)).code).toBe(2);
  });

  it('names the AI systems that it documents, one item each, and is replaced only for the same one', async () => {
    const { document } = await add('--ai-system', 'credit', '--ai-system', 'chat', '--ai-system', 'credit');
    expect(document.items.map(({ ai_system }) => ai_system)).toEqual(['credit', 'chat']);
    const [first = '', second] = document.items.map(({ record_id }) => record_id);
    for (const [more, why] of [
      [['--ai-system', 'chat'], 'is of the AI system "credit"'],
      [[], 'is of the AI system "credit"'],
      [['--ai-system', 'a\u202Eb'], 'signs that nobody sees'],
    ] as const) {
      const { code, stderr } = await add('--supersedes', first, ...more);
      expect(code).toBe(2);
      expect(stderr).toContain(why);
    }
    expect((await add('--supersedes', first, '--ai-system', 'credit')).code).toBe(0);
    const listed = (await manual('list', '--ai-system', 'chat')).document.items;
    expect(listed.map(({ record_id, replaced_by }) => [record_id, replaced_by])).toEqual([
      [second, undefined],
    ]);
    const asked = { name: 'manual-evidence', framework: 'soc2', to: '2026-03-01' };
    const { columns, rows } = await query(lake.ledger, asked);
    const at = columns.findIndex(({ name }) => name === 'ai_system');
    expect(rows.map((row) => row[at])).toEqual(['credit', 'chat', 'credit']);
  });

  it('is asked in SQL with the same answer, and is counted apart from decisions', async () => {
    const before = (await query(lake.ledger, { sql: 'SELECT verdict, count(*) AS n FROM fact GROUP BY 1' }))
      .rows;
    expect(await kinds('2026-03-01')).toEqual({ 'cc6.1': 'automated', 'cc7.2': 'none', 'cc9.9': 'none' });
    const id = (await add(...GRACE)).document.items[0]?.record_id;
    await manual('add', 'minutes.pdf', ...ABOUT, '--control', 'soc2/cc6.1', ...GRACE);
    // Somebody who only looks like the audit.
    await lake.put('ci', {
      record_type: 'manual',
      details: { kind: 'manual reviewed', manual: id ?? '', verdict: 'fail', reviewer: 'mallory' },
    });
    machine.at('2026-03-02T02:00:00.000Z');
    lake.at('2026-03-02T02:00:00.000Z');
    await closeDay(lake.ledger, '2026-03-01', { clock: lake.clock });
    expect(await kinds('2026-03-01')).toEqual({
      'cc6.1': 'automated and manual',
      'cc7.2': 'none',
      'cc9.9': 'manual',
    });
    const asked = { name: 'manual-evidence', framework: 'soc2', from: '2026-03-01', to: '2026-03-01' };
    const { columns, rows, coverage } = await query(lake.ledger, asked);
    const row = rows.map((one) => Object.fromEntries(one.map((value, at) => [columns[at]?.name, value])));
    const { items } = (await manual('list', '--on', '2026-03-01')).document;
    expect(coverage.complete).toBe(true);
    expect(
      row.map(({ record_id, manual_verdict, freshness }) => [record_id, manual_verdict, freshness]).sort(),
    ).toEqual(items.map(({ record_id, verdict, freshness }) => [record_id, verdict, freshness]).sort());
    const after = (
      await query(lake.ledger, {
        sql: 'SELECT verdict, count(*) AS n FROM fact WHERE verdict IS NOT NULL GROUP BY 1',
      })
    ).rows;
    expect(after.sort()).toEqual(before.filter(([verdict]) => verdict !== null).sort());
  });

  it('is not kept with a credential in it, unless somebody says that it is none', async () => {
    const key = `AKIA${'Q4ZX7RNB2MLP5VTC'}`;
    file('minutes.pdf', `first\nkey ${key}\n`);
    const refused = await add();
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('line 2');
    expect(refused.stderr).not.toContain(key);
    const kept = await add('--despite-secrets');
    expect(kept.stderr).toContain('warning: line 2');
    expect(kept.document.items[0]).toMatchObject({ secrets_seen: 1, media_type: 'text/plain' });
  });

  it.each([
    ['a name that turns writing around', 'inv\u202efdp.exe', 'inv_fdp.exe'],
    ['a name with a terminal sequence', 'a\u001b[31m.pdf', 'a_[31m.pdf'],
    ['a name of markup', '<img src=x>.pdf', '<img src=x>.pdf'],
  ])('shows %s safely', async (_, name, shown) => {
    file(name, PDF);
    const { document } = await manual('add', name, ...ABOUT);
    expect(document.items[0]?.name).toBe(shown);
  });

  it('takes the type from the content, whatever the name says', async () => {
    file('minutes.png', '<script>alert(1)</script>');
    file('text.pdf', Buffer.from('89504e470d0a1a0a00', 'hex'));
    const of = async (name: string) => (await manual('add', name, ...ABOUT)).document.items[0];
    expect(await of('minutes.png')).toMatchObject({ media_type: 'text/plain', form: 'document' });
    expect(await of('text.pdf')).toMatchObject({ media_type: 'image/png', form: 'screenshot' });
  });

  it('is a statement, too', async () => {
    const { document } = await manual('add', '--attest', 'I have read it.', ...ABOUT, ...GRACE);
    expect(document.items[0]).toMatchObject({
      form: 'attestation',
      bytes: 15,
      verdict: 'pass',
      in_force: true,
    });
  });

  it('refuses what shows nothing', async () => {
    file('empty', '');
    mkdirSync(join(machine.folder, 'folder'));
    const wrong = [
      ['empty', ...ABOUT],
      ['folder', ...ABOUT],
      ['not-there', ...ABOUT],
      ABOUT,
      ['minutes.pdf', '--attest', 'both', ...ABOUT],
      ['minutes.pdf', ...ABOUT, '--valid-until', '2026-02-28'],
      ['minutes.pdf', ...ABOUT, '--valid-until', '2026-02-30'],
      ['minutes.pdf', ...ABOUT, '--control', 'cc9.9'],
      ['minutes.pdf', ...ABOUT, '--verdict', 'pass'],
    ];
    for (const args of wrong) expect([args, (await manual('add', ...args)).code]).toEqual([args, 2]);
    expect((await manual('list')).document.items).toEqual([]);
  });

  it('is the same in a long log, where the lake says where it stands', async () => {
    const id = (await add(...GRACE)).document.items[0]?.record_id ?? '';
    const much = Array.from({ length: 600 }, (_, at) => ({
      record_type: 'gap' as const,
      message: `no run came, ${at}`,
    }));
    await lake.put('ci', ...much);
    lake.at('2026-03-02T02:00:00.000Z');
    await closeDay(lake.ledger, '2026-03-01', { clock: lake.clock });
    lake.at('2026-03-02T10:00:00.000Z');
    machine.now = Date.parse('2026-03-02T10:00:00.000Z');
    await add('--supersedes', id);
    await lake.put('stranger', {
      record_type: 'manual',
      details: { kind: 'manual evidence', title: 'forged' },
    });
    const reader = await openReader(lake.folder);
    const short = await manualItems(reader, undefined, Number.POSITIVE_INFINITY);
    const told: number[] = [];
    const long = await manualItems(reader, (_, of) => void told.push(of), 0);
    expect(short.map(({ replaced_by, reviews }) => [replaced_by === undefined, reviews.length])).toEqual([
      [false, 1],
      [true, 0],
    ]);
    expect(long).toEqual(short);
    // Of three bundles of 256 entries that in the middle was not read for it.
    const { size } = await reader.checkpoint();
    expect(size).toBeGreaterThan(512);
    expect(told.at(-1)).toBe(size - 256);
    await reader.close();
  });
});
