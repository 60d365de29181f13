import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { byId, Performer, pageData, Replay, type Replayed } from '../../audit/index.ts';
import { openReader } from '../../ledger/index.ts';
import { commitAll, FIXTURE, writeFixture } from '../../policy/testing/fixture.ts';
import { type EvidenceRecord, parseRecord } from '../../record/index.ts';
import { Machine } from '../testing/program.ts';
import { type ReplayReport, replaySchema } from './schema.ts';

const POLICY = 'policies/box/box-sealed/policy.rego';
const BOXES = '{"boxes": [{"id": "box/1", "sealed": true}, {"id": "box/2"}, {"id": "pallet/1"}]}';

let machine: Machine;
let repository: string;

/** A gate that judged three boxes on 20 November and recorded it; an override waives what fails of `box/*`. */
beforeEach(async () => {
  machine = new Machine('2026-11-20T12:00:00Z');
  repository = await writeFixture({ '.gitignore': '/.exhibit/\n' });
  await publish();
  await done('ledger', 'init', 'evidence');
  await judge(BOXES);
}, 60_000);

async function publish(time?: string): Promise<void> {
  await commitAll(repository, time);
  await done('policy', 'build', repository);
  await done('policy', 'sign', repository);
}

async function judge(text: string, ...flags: string[]) {
  writeFileSync(join(machine.folder, 'boxes.json'), text);
  const bundle = join(repository, '.exhibit', 'bundle.tar.gz');
  const args = ['--bundle', bundle, '--bundle-key', key(), '--evidence', 'evidence', ...flags];
  const ended = await machine.run('check', 'boxes.json', ...args);
  expect(ended.stderr).toContain('recorded');
}

const key = () => join(repository, '.exhibit', 'keys', 'bundle.pub.pem');

async function done(...args: string[]): Promise<void> {
  const { code, stderr } = await machine.run(...args);
  expect({ code, stderr }).toMatchObject({ code: 0 });
}

async function records(): Promise<EvidenceRecord[]> {
  const reader = await openReader(join(machine.folder, 'evidence'));
  const { size } = await reader.checkpoint();
  const all: EvidenceRecord[] = [];
  for await (const { bytes } of reader.entries(0, size)) all.push(parseRecord(bytes));
  await reader.close();
  return all;
}
const decisions = async () =>
  (await records()).filter(({ record_type, input_ref }) => record_type === 'decision' && input_ref);
const ids = async () => (await decisions()).map(({ record_id }) => record_id);

async function replay(...args: string[]): Promise<{ code: number; report: ReplayReport; stdout: string }> {
  const { code, stdout, stderr } = await machine.run(
    'replay',
    '--evidence',
    'evidence',
    '-o',
    'json',
    ...args,
  );
  expect({ code, stdout, stderr }).toMatchObject({ stdout: expect.stringMatching(/./) });
  return { code, report: replaySchema.parse(JSON.parse(stdout)), stdout };
}
const outcomes = ({ results }: ReplayReport) =>
  results.map(({ subject_id, outcome, reason }) => [subject_id, outcome, reason]);

/** Changes or takes away a blob of the evidence. */
function tamper(digest: string, text?: string): void {
  const hex = digest.slice('sha256:'.length);
  const file = join(machine.folder, 'evidence', 'blobs', 'sha256', hex.slice(0, 2), hex.slice(2));
  rmSync(file);
  if (text !== undefined) writeFileSync(file, text);
}

const edit = (...edits: [string, string][]) =>
  writeFileSync(
    join(repository, POLICY),
    edits.reduce((text, [from, to]) => text.replace(from, to), FIXTURE[POLICY] ?? ''),
  );

describe('a decision that is performed again', () => {
  it('is the same, with the override of then, whatever the time is now', async () => {
    machine.at('2028-01-01T00:00:00Z');
    const { code, report } = await replay(...(await ids()));
    expect(outcomes(report)).toEqual([
      ['box/1', 'same', undefined],
      ['box/2', 'same', undefined],
      ['pallet/1', 'same', undefined],
    ]);
    expect(
      report.results.map(({ again }) => [again?.verdict, again?.disposition, again?.override_id]),
    ).toEqual([
      ['pass', 'none', undefined],
      ['fail', 'waived', 'OV-1'],
      ['fail', 'enforced', undefined],
    ]);
    expect(report.counts).toEqual({ asked: 3, same: 3, differs: 0, cannot: 0, reasons: {} });
    expect(code).toBe(0);
  });

  it('is so by the policies of then, though they have changed since', async () => {
    const before = await ids();
    edit(['\tnot box.sealed\n', '\tbox.sealed\n']);
    await publish('2026-11-21T00:00:00Z');
    machine.at('2026-11-21T12:00:00Z');
    await judge(BOXES);
    const { code, report } = await replay(...(await ids()));
    expect(outcomes(report).map(([, outcome]) => outcome)).toEqual(Array(6).fill('same'));
    expect(report.bundles).toHaveLength(2);
    expect(code).toBe(0);
    const [first] = before;
    const shown = await machine.run('replay', first ?? '', '--show', '--evidence', 'evidence');
    expect(shown.stdout).toContain('\n    not box.sealed\n');
    expect(shown.stdout).toContain(`--- ${POLICY}`);
    expect(shown.stdout).toMatch(/^same +1 of 1$/m);
  });

  it('is so in what a page carries, with nothing but that', async () => {
    await judge(BOXES, '--advisory');
    await judge(BOXES, '--fail-on', 'critical');
    const reader = await openReader(join(machine.folder, 'evidence'));
    const { size } = await reader.checkpoint();
    const again = new Replay({ reader, size, version: '0' });
    const all: Replayed[] = [];
    for await (const one of again.perform(byId(reader, await ids()))) all.push(one);
    const data = await pageData(again, all, { reader, version: '0' });
    await again.close();
    await reader.close();
    const carried = JSON.parse(JSON.stringify(data)) as typeof data;
    const bytes = (text: string) => gunzipSync(Buffer.from(text, 'base64'));
    expect(carried.decisions.length).toBeGreaterThanOrEqual(6);
    for (const decision of carried.decisions) {
      const { again: needed, input = '', told } = decision;
      if (needed === undefined) throw new Error(decision.why_not);
      const bundle = carried.bundles[needed.bundle] ?? expect.fail('no bundle');
      const { wasm = '', data: base = '' } = bundle.rego ?? {};
      const performer = await Performer.of(bundle, '0', { wasm: bytes(wasm), data: bytes(base) });
      const performed = (text: string) => performer.perform({ decision, again: needed, input: text });
      expect(await performed(bytes(input).toString())).toEqual(told);
      expect(told.outcome).toBe('same');
      // Another input: another verdict, and it is seen.
      const other = await performed(
        '{"boxes": [{"id": "box/1"}, {"id": "box/2", "sealed": true}, {"id": "pallet/1", "sealed": true}]}',
      );
      expect(other.outcome === 'differs' && other.differences.map(({ field }) => field)).toContain('verdict');
      // A policy says nothing at a layer that does not use it, here as at the gate.
      const { layers: _, ...policy } = needed.policy;
      const unused = { ...needed, policy: { ...policy, layers: {} } };
      expect(
        await performer.perform({ decision, again: unused, input: bytes(input).toString() }),
      ).toMatchObject({ outcome: 'differs', differences: [{ field: 'subject' }] });
    }
  });

  it('is so where the gate made less of it: advisory, a baseline, a threshold', async () => {
    await judge(BOXES, '--advisory');
    await judge(BOXES, '--write-baseline', 'known.json');
    await judge(BOXES, '--baseline', 'known.json', '--fail-on-known', 'critical');
    await judge(BOXES, '--fail-on', 'critical');
    const { code, report } = await replay(...(await ids()));
    const pallets = report.results.filter(({ subject_id }) => subject_id === 'pallet/1');
    expect(pallets.map(({ recorded, outcome }) => [recorded?.disposition, outcome])).toEqual([
      ['enforced', 'same'],
      ['warned', 'same'],
      ['enforced', 'same'],
      ['warned', 'same'],
      ['warned', 'same'],
    ]);
    expect(code).toBe(0);
  });

  it('differs where what decided was redacted, and says so', async () => {
    edit(['\tnot box.sealed\n', '\tbox.key != "open-sesame"\n']);
    await publish('2026-11-19T00:00:00Z');
    await judge('{"boxes": [{"id": "crate/9", "key": "open-sesame"}]}');
    const { code, report } = await replay((await ids()).at(-1) ?? '');
    expect(report.results).toMatchObject([
      {
        outcome: 'differs',
        recorded: { verdict: 'pass', disposition: 'none' },
        again: { verdict: 'fail', disposition: 'enforced' },
        why: [{ code: 'redacted' }],
      },
    ]);
    expect(report.results[0]?.differences).toContainEqual({
      field: 'verdict',
      recorded: 'pass',
      again: 'fail',
    });
    expect(code).toBe(1);
  });

  it('is said to have been written into the log where that is wanted', async () => {
    const [first = ''] = await ids();
    await replay(first, '--record');
    const [asked, result] = (await records()).slice(-2);
    expect(asked).toMatchObject({
      record_type: 'query',
      emitter: 'exhibit.audit',
      details: { kind: 'asked for', records_count: 1, records: [first] },
    });
    expect(result).toMatchObject({
      record_type: 'query',
      details: { kind: 'decisions replayed', counts: { asked: 1, same: 1 }, read: asked?.record_id },
    });
  });

  it('is shown only when it is on record, where that is wanted', async () => {
    const [first = ''] = await ids();
    rmSync(join(machine.folder, 'evidence', 'keys', 'signer.key'));
    const args = ['replay', first, '--record', '--evidence', 'evidence'];
    const { code, stdout, stderr } = await machine.run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('LEDGER_KEY');
  });
});

describe('what cannot be performed again is neither the same nor another', () => {
  const one = async () => (await decisions())[2] as EvidenceRecord;

  it('an input that is gone or was exchanged', async () => {
    const { record_id, input_ref = '' } = await one();
    tamper(input_ref, '{"boxes":[{"id":"pallet/1","sealed":true}]}');
    const exchanged = await replay(record_id);
    expect(outcomes(exchanged.report)).toEqual([['pallet/1', 'cannot', 'input_exchanged']]);
    expect(exchanged.code).toBe(3);
    tamper(input_ref);
    const gone = await replay(record_id);
    expect(outcomes(gone.report)).toEqual([['pallet/1', 'cannot', 'input_missing']]);
    expect(gone.report.results[0]?.recorded).toMatchObject({ verdict: 'fail', disposition: 'enforced' });
  });

  it('a bundle that is gone, or of which a file was exchanged', async () => {
    const { record_id } = await one();
    const announced = (await records()).find(({ record_type }) => record_type === 'policy');
    const blobs = (digest: string) => {
      const hex = digest.slice(7);
      return readFileSync(
        join(machine.folder, 'evidence', 'blobs', 'sha256', hex.slice(0, 2), hex.slice(2)),
        'utf8',
      );
    };
    const list = JSON.parse(blobs(String(announced?.details?.files_digest))) as {
      name: string;
      digest: string;
    }[];
    const rule = list.find(({ name }) => name === POLICY)?.digest ?? '';
    tamper(rule, 'package exhibit.policies.box_sealed');
    expect(outcomes((await replay(record_id)).report)).toEqual([['pallet/1', 'cannot', 'bundle_exchanged']]);
    tamper(rule);
    expect(outcomes((await replay(record_id)).report)).toEqual([['pallet/1', 'cannot', 'bundle_not_kept']]);
  });

  it('a bundle that no trusted key signed', async () => {
    const { record_id } = await one();
    const trusted = await replay(record_id, '--bundle-key', key());
    expect(trusted.report).toMatchObject({ counts: { same: 1 }, bundles: [{ signed_by: 'bundle' }] });
    const other = join(machine.folder, 'other');
    await done('policy', 'keys', other);
    const found =
      readdirSync(other, { recursive: true })
        .map(String)
        .find((name) => name.endsWith('.pub.pem')) ?? '';
    writeFileSync(join(machine.folder, 'bundle.pub.pem'), readFileSync(join(other, found)));
    const refused = await replay(record_id, '--bundle-key', 'bundle.pub.pem');
    expect(outcomes(refused.report)).toEqual([['pallet/1', 'cannot', 'bundle_not_trusted']]);
    expect(refused.code).toBe(3);
  });

  it('a record that is not in the log, a run, a simulation, a run without a subject', async () => {
    await judge('{"other": 1}');
    await judge(BOXES, '--effective-time', '2027-06-01T00:00:00Z');
    const all = await records();
    const id = (fits: (record: EvidenceRecord) => boolean) => all.find(fits)?.record_id ?? '';
    const { code, report } = await replay(
      '019c5d0e-7c1f-7a3b-8000-2d7f0e6b1a55',
      'no id at all',
      id(({ record_type }) => record_type === 'run'),
      id(({ ext }) => ext?.includes('simulated') === true),
      id(({ verdict, input_ref }) => verdict === 'not_applicable' && input_ref === undefined),
    );
    expect(outcomes(report).map(([, outcome, reason]) => [outcome, reason])).toEqual([
      ['cannot', 'not_in_log'],
      ['cannot', 'not_in_log'],
      ['cannot', 'not_a_decision'],
      ['cannot', 'simulation'],
      ['cannot', 'nothing_judged'],
    ]);
    expect(code).toBe(3);
  });

  it('a verdict of another tool', async () => {
    const report = {
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'other' } },
          results: [{ ruleId: 'r', message: { text: 'm' }, level: 'error' }],
        },
      ],
    };
    writeFileSync(join(machine.folder, 'other.sarif'), JSON.stringify(report));
    const bundle = ['--bundle', join(repository, '.exhibit', 'bundle.tar.gz'), '--bundle-key', key()];
    await machine.run('ingest', 'sarif', 'other.sarif', '--evidence', 'evidence', ...bundle);
    const foreign = (await records()).find(
      ({ record_type, format }) => record_type === 'decision' && format !== undefined,
    );
    expect(outcomes((await replay(foreign?.record_id ?? '')).report)[0]?.slice(1)).toEqual([
      'cannot',
      'foreign_tool',
    ]);
  });
});

describe('a scope', () => {
  const scope = ['--framework', 'soc2', '--from', '2026-11-20', '--to', '2026-11-20'];

  it('is asked whole or in part, and its counts have what they are of', async () => {
    const all = await replay(...scope, '--all');
    const { asked = 0, cannot } = all.report.counts;
    // The two policies for Kubernetes found nothing, and so have no input.
    expect(all.report).toMatchObject({
      population: { decisions: asked, not_asked: 0, unknown: 0 },
      counts: { same: 3, cannot: asked - 3, reasons: { nothing_judged: cannot } },
    });
    expect(all.code).toBe(3);
    const control = await replay(...scope, '--control', 'cc6.1', '--limit', '2');
    expect(control.report.results).toHaveLength(2);
    expect(control.report.population).toMatchObject({
      not_asked: (control.report.population?.decisions ?? 0) - 2,
    });
    const { stdout } = await machine.run(
      'replay',
      '--evidence',
      'evidence',
      ...scope,
      '--control',
      'soc2/cc6.1',
      '--limit',
      '2',
    );
    expect(stdout).toMatch(/asked: 2 of \d+ decisions of the scope; \d+ beyond --limit were not/);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('with nothing in it is not a pass', async () => {
    const none = await replay('--framework', 'soc2', '--from', '2026-10-01', '--to', '2026-10-02', '--all');
    expect(none.code).toBe(3);
    expect(none.report.counts).toMatchObject({ asked: 0 });
  });

  it('asks for a number or for all, and for one of records and scope', async () => {
    for (const args of [scope, [...scope, '--all', '--limit', '3'], ['x', ...scope, '--all'], []])
      expect(await machine.run('replay', '--evidence', 'evidence', ...args)).toMatchObject({ code: 2 });
  });
});

it('prints nothing of a hostile record as a command to the terminal', async () => {
  await judge(JSON.stringify({ boxes: [{ id: '\u001b]0;owned\u0007<script>' }] }));
  const { stdout } = await machine.run('replay', '--evidence', 'evidence', (await ids()).at(-1) ?? '');
  expect(stdout).toContain('same');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is what this shows
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
});
