import { randomBytes } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import type { InputFile } from '../../inputs/index.ts';
import type { Bundle, Override } from '../../policy/index.ts';
import {
  canonicalize,
  type Digest,
  ExhibitError,
  encodeRecord,
  formatDigest,
  parseDraft,
} from '../../record/index.ts';
import { createEngine, type Engine } from '../index.ts';
import { bundleOf, metadata } from '../testing/bundles.ts';
import { documentOf } from '../testing/documents.ts';
import { describeWithOpa } from '../testing/need-opa.ts';
import { sha256 } from './blobs.ts';
import { bundleRecords } from './bundle-record.ts';
import { judgeAll } from './judge-all.ts';
import { recordsOfRun } from './records.ts';

const NOW = Date.parse('2026-05-04T10:00:00.000Z');
const rule = (name: string, list: string): string => `package exhibit.policies.${name}
population contains {"type": "box", "id": x.id, "name": x.id} if some x in input.${list}
violations contains {"subject": x.id, "message": x.why, "path": ["${list}", i]} if {
	some i, x in input.${list}
	x.why
}
`;
const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const fileOf = (file: string, ...values: unknown[]): InputFile => ({
  file,
  documents: values.map((value, i) => documentOf('json', value, file, i)),
  problems: [],
});
const unreadable: InputFile = {
  file: 'broken.json',
  documents: [],
  problems: [
    {
      file: 'broken.json',
      error: new ExhibitError('INPUT_SYNTAX', 'unexpected end', {
        hint: 'Complete it.',
        location: { line: 3, column: 4 },
      }),
    },
  ],
};
const override: Override = {
  id: 'ovr-1',
  policy: 'boxes',
  scope: { subjects: ['b'], files: ['*.json'] },
  owner: 'team',
  approver: 'lead',
  reason: 'Known and planned for the next quarter.',
  ticket: 'https://tickets.example/1',
  created: '2026-01-01T00:00:00.000Z',
  sunset: '2026-05-04T10:00:00.000Z',
  digest: formatDigest(sha256(new Uint8Array([1]))),
};

let bundle: Bundle;
let engine: Engine;

describeWithOpa('run', () => {
  beforeAll(async () => {
    bundle = {
      ...(await bundleOf({
        'policies/a/policy.rego': metadata('boxes') + rule('boxes', 'boxes'),
        'policies/b/policy.rego': metadata('crates') + rule('crates', 'crates'),
      })),
      overrides: [override],
    };
    engine = await createEngine(bundle, { clock: () => NOW });
  });

  const judge = (files: InputFile[], more: { now?: number; simulated?: boolean } = {}) =>
    judgeAll(engine, files, { bundle, layer: 'ci', now: NOW, failOn: 'high', ...more });
  const boxes = fileOf(
    'boxes.json',
    { boxes: [{ id: 'a' }, { id: 'b', why: 'old' }, { id: 'c', why: 'bad' }] },
    {},
  );

  test('each subject once, an unreadable file, and one row for a policy that found nothing anywhere', async () => {
    const { decisions, counts, populations, problems, documents } = await judge([boxes, unreadable]);
    expect(
      decisions.map((each) => [each.policy_id, each.subject.id, each.verdict, each.disposition]),
    ).toEqual([
      ['boxes', 'a', 'pass', 'none'],
      ['boxes', 'b', 'fail', 'waived'],
      ['boxes', 'c', 'fail', 'enforced'],
      ['exhibit/input', 'broken.json', 'not_evaluated', 'enforced'],
      ['crates', 'run', 'not_applicable', 'none'],
    ]);
    expect(counts).toEqual({ pass: 1, fail: 2, error: 0, not_applicable: 1, not_evaluated: 1, waived: 1 });
    expect(populations).toEqual({ boxes: 3, crates: 0 });
    expect([problems.length, documents]).toEqual([1, 2]);
    expect(decisions[4]?.message).toContain('1 could not be read');
  });

  test('a fail below the severity that blocks is warned, and the record says so', async () => {
    const at = async (failOn: string) => {
      const { decisions } = await judgeAll(engine, [boxes], { bundle, layer: 'ci', now: NOW, failOn });
      return decisions.find(({ subject }) => subject.id === 'c')?.disposition;
    };
    expect(await at('any')).toBe('enforced');
    expect(await at('high')).toBe('enforced');
    expect(await at('critical')).toBe('warned');
    expect(await at('none')).toBe('warned');
  });

  test('positions are looked up for what somebody will look at', async () => {
    const { decisions } = await judge([boxes, unreadable]);
    expect(decisions.map(({ location }) => location)).toEqual([
      { file: 'boxes.json' },
      { file: 'boxes.json', line: 3, column: 1 },
      { file: 'boxes.json', line: 3, column: 1 },
      { file: 'broken.json', line: 3, column: 4 },
      {},
    ]);
  });

  test('one millisecond after its sunset an override is gone', async () => {
    const { decisions } = await judge([boxes], { now: NOW + 1 });
    expect(decisions.map(({ disposition }) => disposition)).not.toContain('waived');
  });

  test('a secret of the input, and what looks like one, is in no decision: reports show what records hold', async () => {
    const token = `ghp_${'a1B2'.repeat(9)}`;
    const hidden = 'hunter2hunter2';
    const file = fileOf('boxes.json', {
      boxes: [
        { id: `box/${token}` },
        { id: 'b', why: `it is locked with ${hidden}`, password: hidden },
        { id: 'c', why: `it is labelled ${token} by hand` },
      ],
    });
    const broken: InputFile = {
      file: 'x.json',
      documents: [],
      problems: [
        { file: 'x.json', error: new ExhibitError('INPUT_SYNTAX', `the key "${token}" is there twice`) },
      ],
    };
    const judged = await judge([file, fileOf('pass.json', { boxes: [{ id: token }] }), broken]);
    const told = JSON.stringify(judged.decisions.map(({ document: _, ...decision }) => decision));
    for (const secret of [token, hidden]) expect(told).not.toContain(secret);
    expect(judged.decisions.map(({ message }) => message)).toContain('the key "[redacted]" is there twice');
    expect(judged.decisions.map(({ subject }) => subject.id)).toContain('box/[redacted]');
    const { records } = recordsOfRun({
      ...judged,
      bundle,
      layer: 'ci',
      tool: 'exhibit',
      tool_version: '1',
      run_id: '0198f000-0000-7000-8000-000000000000',
      now: NOW,
      random,
      attribution: {},
      simulated: false,
    });
    const recorded = new Set(records.map(({ message }) => message));
    for (const { message } of judged.decisions) expect(recorded).toContain(message);
  });

  test('without any file every policy has its row, and none is a pass', async () => {
    const { decisions } = await judge([]);
    expect(decisions.map(({ verdict, subject }) => [verdict, subject.type])).toEqual([
      ['not_applicable', 'input-set'],
      ['not_applicable', 'input-set'],
    ]);
  });

  const record = async (files: InputFile[], simulated = false) => {
    const judged = await judge(files, { simulated });
    return recordsOfRun({
      ...judged,
      bundle,
      layer: 'ci',
      tool: 'exhibit',
      tool_version: '1.0.0',
      run_id: '019de000-0000-7000-8000-000000000000',
      now: NOW,
      random,
      attribution: { repository: 'https://git.example/shop', commit: 'abc' },
      simulated,
    });
  };

  test('one valid record a decision, numbered from 0, and the run with its total', async () => {
    const { records, blobs } = await record([boxes, unreadable]);
    for (const each of records)
      expect(() => encodeRecord(parseDraft({ ...each, sequence: 0 }))).not.toThrow();
    expect(
      records.map(({ record_type, run_index, run_total }) => [record_type, run_index, run_total]),
    ).toEqual([...[0, 1, 2, 3, 4].map((i) => ['decision', i, undefined]), ['run', undefined, 5]]);
    expect(records[1]).toMatchObject({
      verdict: 'fail',
      disposition: 'waived',
      override_id: 'ovr-1',
      override_digest: override.digest,
      file: 'boxes.json',
      line: 3,
      bundle_digest: bundle.digest,
      commit: 'abc',
    });
    expect(records[5]?.details).toMatchObject({
      counts: { fail: 2 },
      populations: { boxes: 3, crates: 0 },
      fail_on: 'high',
    });
    expect(new Set(records.map(({ record_id }) => record_id)).size).toBe(records.length);
    for (const [digest, bytes] of blobs) expect(formatDigest(sha256(bytes))).toBe(digest);
    const input = blobs.get((records[0]?.input_ref ?? 'sha256:') as Digest);
    expect(new TextDecoder().decode(input)).toBe(canonicalize(boxes.documents[0]?.value));
  });

  test('a secret of the input is nowhere in records and blobs, neither in a message nor in an id', async () => {
    const secret = 'hunter2-hunter2';
    const value = {
      apiVersion: 'v1',
      kind: 'Secret',
      stringData: { pw: secret },
      boxes: [{ id: secret, why: `the password is ${secret}` }],
    };
    const { records, blobs } = await record([fileOf('s.json', value)]);
    const all = [
      JSON.stringify(records),
      ...[...blobs.values()].map((bytes) => new TextDecoder().decode(bytes)),
    ].join();
    expect(all).not.toContain(secret);
    expect(records[0]?.redactions).toContainEqual(expect.objectContaining({ path: '/stringData/pw' }));
    expect(records[0]?.message).toContain('[redacted]');
  });

  test('what is too long for a record becomes a blob or is cut, and says so', async () => {
    const long = 'x'.repeat(100_000);
    const { records, blobs } = await record([fileOf('l.json', { boxes: [{ id: long, why: long }] })]);
    for (const each of records)
      expect(() => encodeRecord(parseDraft({ ...each, sequence: 0 }))).not.toThrow();
    expect(records[0]?.message).toMatch(/cut, 100000 characters, sha256:[0-9a-f]{64}\)$/);
    expect(blobs.size).toBeGreaterThan(0);
  });

  test('a simulated run says so on every record, and does nothing', async () => {
    const { records } = await record([boxes], true);
    const decisions = records.filter(({ record_type }) => record_type === 'decision');
    expect(decisions.every(({ disposition }) => disposition === 'none')).toBe(true);
    expect(records.every(({ ext }) => ext === '{"simulated":true}')).toBe(true);
  });

  test('the record of an override says how it was approved, and what of its ticket could not be checked', () => {
    const why = 'no tracker is set for tickets.example';
    const approval = { by: 'signature', evidence: 'SHA256:abc' } as const;
    const ticket_check = { state: 'unchecked', owner: 'unknown', why } as const;
    const recordOf = (more: Partial<Override>) =>
      bundleRecords({ ...bundle, overrides: [{ ...override, ...more }] }).records.find(
        ({ record_type }) => record_type === 'override',
      );
    const checked = recordOf({ approval, ticket_check });
    expect(checked?.details).toMatchObject({ ticket: override.ticket, approval, ticket_check });
    expect(() => parseDraft(checked)).not.toThrow();
    // Another answer about the same text is another record.
    expect(checked?.record_id).not.toBe(recordOf({})?.record_id);
    expect(recordOf({})?.details).not.toHaveProperty('ticket_check');
  });

  test('the record of a bundle is the same however often it is sent, and its blobs hold all of it', () => {
    const signed = { ...bundle, files: new Map([...bundle.files, ['.signatures.json', Buffer.from('{}')]]) };
    const [first, again, other] = [bundleRecords(bundle), bundleRecords(bundle), bundleRecords(signed)];
    expect(again.records).toEqual(first.records);
    expect(other.records[0]?.record_id).not.toBe(first.records[0]?.record_id);
    expect(first.records.map((record) => record.record_type)).toEqual([
      'policy',
      ...bundle.overrides.map(() => 'override'),
    ]);
    for (const record of first.records) expect(() => parseDraft(record)).not.toThrow();
    const held = [...first.blobs.values()].map((bytes) => formatDigest(sha256(bytes)));
    expect([...first.blobs.keys()]).toEqual(held);
    expect(first.blobs.has(bundle.control_map_digest)).toBe(true);
    for (const bytes of bundle.files.values())
      expect(first.blobs.has(formatDigest(sha256(bytes)))).toBe(true);
  });
});
