import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { webhookConfiguration } from '../../server/admission/webhook.ts';
import { readExpectation } from './expectation.ts';
import { type ReconcileOptions, type Reconciliation, reconcile, type Told } from './reconcile.ts';
import { reconciliationRecords } from './records.ts';
import type { AdmissionRun } from './runs.ts';
import { type AuditWrite, writeOf } from './write.ts';

const configuration = webhookConfiguration({
  place: { url: 'https://exhibit.example.com' },
  failure: 'Fail',
  exempt: ['monitoring'],
  timeout: 5,
  deletes: false,
});
const expected = readExpectation(configuration);
const START = Date.parse('2026-11-26T12:00:00Z');
const HOUR = 3_600_000;
const at = (seconds: number) => new Date(START + seconds * 1_000).toISOString();
const options: ReconcileOptions = {
  expected,
  from: START,
  to: START + HOUR,
  recordedUntil: START + 2 * HOUR,
  slack: 60_000,
};
const COVERS = { from: START - HOUR, to: START + 2 * HOUR };

const write = (id: string, seconds: number, over: Partial<AuditWrite> = {}): AuditWrite => ({
  audit_id: id,
  time: at(seconds),
  operation: 'CREATE',
  verb: 'create',
  group: '',
  resource: 'pods',
  namespace: 'shop',
  name: id,
  code: 201,
  ...over,
});
const run = (id: string, seconds: number, over: Partial<AdmissionRun> = {}): AdmissionRun => ({
  run_id: `run-${id}`,
  record_id: `record-${id}`,
  time: START + seconds * 1_000,
  operation: 'CREATE',
  group: '',
  resource: 'pods',
  namespace: 'shop',
  name: id,
  ...over,
});
const configured = (id: string, seconds: number, over: Partial<AuditWrite>): AuditWrite =>
  write(id, seconds, {
    group: 'admissionregistration.k8s.io',
    resource: 'validatingwebhookconfigurations',
    name: 'exhibit',
    ...over,
  });
const compare = (writes: AuditWrite[], runs: AdmissionRun[], more: Partial<ReconcileOptions> = {}) =>
  reconcile({ writes, covers: COVERS }, runs, { ...options, ...more });

/** Kinds of requests, with the class in which each must end. */
const KINDS = {
  recorded: (id: string, s: number) => ({ writes: [write(id, s, { run: `run-${id}` })], runs: [run(id, s)] }),
  // Refused by us: judged and on the record, too.
  denied: (id: string, s: number) => ({
    writes: [write(id, s, { run: `run-${id}`, code: 403, refused: true })],
    runs: [run(id, s)],
  }),
  lost: (id: string, s: number) => ({ writes: [write(id, s, { run: `run-${id}` })], runs: [] }),
  bypassed: (id: string, s: number) => ({ writes: [write(id, s)], runs: [] }),
  open: (id: string, s: number) => ({
    writes: [write(id, s, { failed_open: ['other', 'validate.admission.exhibit'] })],
    runs: [],
  }),
  // A note of our webhook beside the word of the API server that it could not be asked.
  openWithRun: (id: string, s: number) => ({
    writes: [write(id, s, { failed_open: ['validate.admission.exhibit'], run: `run-${id}` })],
    runs: [run(id, s)],
  }),
  // The run of another request.
  copied: (id: string, s: number) => ({
    writes: [write(id, s, { run: `run-${id}` }), write(`${id}-copy`, s + 1, { run: `run-${id}` })],
    runs: [run(id, s)],
  }),
  stateOfNamespace: (id: string, s: number) => ({
    writes: [
      write(id, s, { resource: 'namespaces', subresource: 'status', operation: 'UPDATE', verb: 'patch' }),
    ],
    runs: [],
  }),
  tried: (id: string, s: number) => ({
    writes: [write(id, s, { dry_run: true, run: `run-${id}` })],
    runs: [],
  }),
  refused: (id: string, s: number) => ({ writes: [write(id, s, { code: 409, refused: true })], runs: [] }),
  exempt: (id: string, s: number) => ({ writes: [write(id, s, { namespace: 'monitoring' })], runs: [] }),
  status: (id: string, s: number) => ({ writes: [write(id, s, { subresource: 'status' })], runs: [] }),
  deleted: (id: string, s: number) => ({
    writes: [write(id, s, { operation: 'DELETE', verb: 'delete', code: 200 })],
    runs: [],
  }),
  unnamed: (id: string, s: number) => ({ writes: [], runs: [run(id, s)] }),
  // One request, judged twice: the audit log keeps the first run.
  again: (id: string, s: number) => ({
    writes: [write(id, s, { run: `run-${id}` })],
    runs: [run(id, s), run(id, s + 1, { run_id: `again-${id}` })],
  }),
  connection: (id: string, s: number) => ({
    writes: [],
    runs: [run(id, s, { operation: 'CONNECT', subresource: 'exec' })],
  }),
} as const;
type Kind = keyof typeof KINDS;
const KIND_NAMES = Object.keys(KINDS) as Kind[];

const world = fc.array(fc.record({ kind: fc.constantFrom(...KIND_NAMES), second: fc.nat(3_500) }), {
  maxLength: 40,
});

function build(list: readonly { kind: Kind; second: number }[]) {
  const parts = list.map(({ kind, second }, i) => KINDS[kind](`${kind}-${i}`, second));
  return { writes: parts.flatMap(({ writes }) => writes), runs: parts.flatMap(({ runs }) => runs) };
}

describe('reconciliation', () => {
  it('puts each write and each run into exactly the class that it is made for', () => {
    fc.assert(
      fc.property(world, (list) => {
        const { writes, runs } = build(list);
        const found = compare(writes, runs);
        const of = (...kinds: Kind[]) => list.filter(({ kind }) => kinds.includes(kind)).length;
        expect({
          recorded: found.recorded,
          lost: found.lost.length,
          bypassed: found.bypassed.length,
          tried: found.tried,
          refused: found.refused,
          not_asked: found.not_asked.reduce((sum, { count }) => sum + count, 0),
          named: found.named,
          again: found.again,
          connections: found.connections,
          unnamed: found.unnamed.length,
        }).toEqual({
          recorded: of('recorded', 'denied', 'again', 'copied'),
          lost: of('lost'),
          bypassed: of('bypassed', 'open', 'openWithRun', 'copied'),
          tried: of('tried'),
          refused: of('refused'),
          not_asked: of('exempt', 'status', 'deleted', 'stateOfNamespace'),
          named: of('recorded', 'denied', 'again', 'copied', 'openWithRun'),
          again: of('again'),
          connections: of('connection'),
          unnamed: of('unnamed'),
        });
        expect(sums(found)).toEqual({ writes: found.writes, population: found.population, runs: found.runs });
      }),
    );
  });

  it('does not depend on the order of either side, nor on events that come twice', () => {
    fc.assert(
      fc.property(world, fc.infiniteStream(fc.nat()), (list, stream) => {
        const { writes, runs } = build(list);
        const shuffle = <T>(all: readonly T[]) =>
          all
            .map((value) => ({ value, key: stream.next().value ?? 0 }))
            .sort((a, b) => a.key - b.key)
            .map(({ value }) => value);
        const twice = [...writes, ...writes.filter((_, i) => i % 2 === 0)];
        const sorted = (found: Reconciliation) => ({
          ...found,
          unnamed: found.unnamed.map(({ run_id }) => run_id).sort(),
        });
        expect(sorted(compare(shuffle(twice), shuffle(runs)))).toEqual(sorted(compare(writes, runs)));
      }),
    );
  });

  it('loses nothing: a record less is one lost, an event less is one unnamed', () => {
    fc.assert(
      fc.property(world, (list) => {
        const { writes, runs } = build([...list, { kind: 'recorded', second: 1_800 }]);
        const whole = compare(writes, runs);
        const without = compare(writes, runs.slice(0, -1));
        expect([without.lost.length, without.recorded]).toEqual([whole.lost.length + 1, whole.recorded - 1]);
        const silent = compare(writes.slice(0, -1), runs);
        expect([silent.unnamed.length, silent.recorded]).toEqual([
          whole.unnamed.length + 1,
          whole.recorded - 1,
        ]);
      }),
    );
  });

  it('says nothing of what lies outside the period, of what came after the log, and of the edges of the audit log', () => {
    const found = compare(
      [write('before', -1), write('after', 3_601), write('late', 3_590, { run: 'run-late' })],
      [run('early', -10), run('edge', 30), run('inside', 120)],
      { recordedUntil: START + HOUR },
    );
    expect(found).toMatchObject({ writes: 1, population: 1, later: 1, lost: [], bypassed: [] });
    expect(found.unnamed.map(({ run_id }) => run_id)).toEqual(['run-edge', 'run-inside']);
    const covers = { from: START, to: START + 100_000 };
    const edges = reconcile({ writes: [], covers }, [run('edge', 30), run('inside', 120)], options);
    expect([edges.unnamed, edges.outside]).toEqual([[], 2]);
  });

  it('without any event it says nothing of the runs', () => {
    const found = reconcile({ writes: [], covers: undefined }, [run('a', 10)], options);
    expect([found.population, found.unnamed.length, found.outside]).toEqual([0, 0, 1]);
  });

  it('runs of a collection that was deleted belong to its one event', () => {
    const gone = { operation: 'DELETE' as const };
    const found = compare(
      [write('all', 100, { ...gone, verb: 'deletecollection', name: '', run: 'run-a' })],
      [run('a', 100, gone), run('b', 100, gone), run('c', 101, gone), run('d', 900, gone)],
    );
    expect([found.named, found.again, found.unnamed.map(({ run_id }) => run_id)]).toEqual([1, 2, ['run-d']]);
  });
});

describe('why a write was admitted without us', () => {
  const webhooks = [{ ...(configuration.webhooks as object[])[0], clientConfig: undefined }];
  it.each([
    ['failed_open', [], { failed_open: ['validate.admission.exhibit'] }],
    ['unknown', [], { failed_open: ['other.example.com'] }],
    ['webhook_removed', [configured('c', 10, { operation: 'DELETE', verb: 'delete' })], {}],
    [
      'webhook_removed',
      [configured('c', 10, { operation: 'DELETE', verb: 'deletecollection', name: undefined as never })],
      {},
    ],
    ['webhook_changed', [configured('c', 10, { operation: 'UPDATE', verb: 'patch', webhooks: null })], {}],
    ['webhook_changed', [configured('c', 10, { webhooks: [{ ...webhooks[0], rules: [] }] })], {}],
    ['webhook_not_there_yet', [configured('c', 200, { webhooks })], {}],
    ['webhook_not_there_yet', [configured('c', 200, { webhooks: null })], {}],
    ['webhook_not_there_yet', [configured('c', 99, { webhooks })], {}],
    ['unknown', [configured('c', 10, { operation: 'UPDATE', verb: 'patch', webhooks })], {}],
    // What was refused, only tried, or is of another webhook changed nothing.
    ['unknown', [configured('c', 10, { operation: 'DELETE', verb: 'delete', refused: true })], {}],
    ['unknown', [configured('c', 10, { operation: 'DELETE', verb: 'delete', dry_run: true })], {}],
    ['unknown', [configured('c', 10, { operation: 'DELETE', verb: 'delete', name: 'other' })], {}],
    // It came back in between.
    [
      'unknown',
      [configured('c', 10, { operation: 'DELETE', verb: 'delete' }), configured('d', 20, { webhooks })],
      {},
    ],
  ] as [string, AuditWrite[], Partial<AuditWrite>][])('%s', (reason, changes, over) => {
    const found = compare([...changes, write('w', 100, over)], []);
    expect(found.bypassed.map((one) => one.reason)).toEqual([reason]);
  });

  it('a change that asks about the same is none; one that exempts more, lets more fail open or is not shown is one', () => {
    const [one] = webhooks as Record<string, unknown>[];
    const changed = (webhook: Record<string, unknown> | null) =>
      compare(
        [
          configured('c', 10, {
            operation: 'UPDATE',
            verb: 'patch',
            webhooks: webhook === null ? null : [webhook],
          }),
        ],
        [],
      ).changes[0];
    // An API server fills in what is not said.
    expect(changed({ ...one, objectSelector: {}, timeoutSeconds: 10 })).toMatchObject({ kind: 'same' });
    expect(changed({ ...one, failurePolicy: 'Ignore' })?.differs).toEqual([
      'failurePolicy is not the one that is meant',
    ]);
    expect(changed({ ...one, namespaceSelector: {} })?.kind).toBe('changed');
    expect(changed({ ...one, name: 'other' })?.differs).toEqual([
      'it has no webhook validate.admission.exhibit',
    ]);
    expect(changed(null)?.kind).toBe('changed');
  });
});

describe('the records of a reconciliation', () => {
  const told: Told = {
    writes: [
      configured('c', 10, { operation: 'DELETE', verb: 'delete', actor: 'actor:1' }),
      write('w', 100, { actor: 'actor:2' }),
      write('l', 200, { run: 'run-l' }),
      write('r', 300, { run: 'run-r' }),
    ],
    covers: COVERS,
    counted: { leases: 7 },
  };
  const made = () =>
    reconciliationRecords(reconcile(told, [run('r', 300), run('u', 400)], options), {
      from: options.from,
      to: options.to,
      source: 'files',
      version: '0',
      now: at(4_000),
    });

  it('are a gap for each request, an override that nobody granted, and counts of both sides', () => {
    const records = made();
    expect(
      records.map(({ record_type, details }) => [
        record_type,
        details?.kind ?? null,
        details?.audit_id ?? null,
      ]),
    ).toEqual([
      ['gap', 'admitted without a run', 'w'],
      ['gap', 'run not in the log', 'l'],
      ['override', 'webhook_removed', 'c'],
      ['run', null, null],
    ]);
    expect(records[0]).toMatchObject({
      message:
        'CREATE pods shop/w at 2026-11-26T12:01:40.000Z was admitted, and the webhook was not asked: its configuration had been removed',
      actor: 'actor:2',
      details: { reason: 'webhook_removed', change_audit_id: 'c' },
    });
    expect(records[2]).toMatchObject({ actor: 'actor:1', override_id: 'bypass:webhook@c' });
    expect(records.at(-1)?.details).toMatchObject({
      writes: 11,
      population: 3,
      recorded: 1,
      lost: 1,
      bypassed: 1,
      runs: 2,
      named: 1,
      unnamed: 1,
      unnamed_runs: ['run-u'],
    });
  });

  it('are the same, made again', () => expect(made()).toEqual(made()));
});

describe('an expectation', () => {
  const spoilt = (over: Record<string, unknown>) => ({
    ...configuration,
    webhooks: [{ ...(configuration.webhooks as object[])[0], ...over }],
  });
  it.each([
    ['labels of objects', spoilt({ objectSelector: { matchLabels: { a: 'b' } } }), 'objectSelector'],
    [
      'labels of namespaces',
      spoilt({ namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'Exists' }] } }),
      'namespaceSelector',
    ],
    ['another condition', spoilt({ matchConditions: [{ name: 'x', expression: 'true' }] }), 'condition x'],
    ['another webhook', spoilt({ name: 'other' }), 'no webhook'],
    ['another kind', { kind: 'Pod' }, 'no ValidatingWebhookConfiguration'],
  ])('that decides by %s is refused', (_, value, words) => {
    expect(() => readExpectation(value)).toThrow(words);
  });
});

describe('a write', () => {
  const told = (verb: string, over: Record<string, unknown> = {}) =>
    writeOf(
      {
        id: 'a',
        verb,
        time: at(0),
        target: { group: '', resource: 'pods', namespace: 'shop', name: 'web' },
        actor: 'jane',
        refused: false,
        code: 200,
        dryRun: false,
        annotations: {},
        answered: undefined,
        ...over,
      },
      () => 'actor:1',
    );
  it.each([
    ['create', {}, 'CREATE'],
    ['patch', {}, 'UPDATE'],
    // Server-side apply makes what is not there.
    ['patch', { code: 201 }, 'CREATE'],
    ['update', {}, 'UPDATE'],
    ['delete', {}, 'DELETE'],
    ['deletecollection', {}, 'DELETE'],
    ['get', { target: { group: '', resource: 'pods', subresource: 'exec' } }, 'CONNECT'],
    ['create', { target: { group: '', resource: 'pods', subresource: 'portforward' } }, 'CONNECT'],
    ['get', {}, undefined],
    ['watch', {}, undefined],
    ['create', { target: undefined }, undefined],
    ['create', { id: undefined }, undefined],
  ])('%s %j is %s', (verb, over, operation) => {
    expect(told(verb, over)?.operation).toBe(operation);
  });

  it('keeps what a comparison needs, and no name of a person', () => {
    const annotations = {
      'validate.admission.exhibit/run': 'r',
      'mutation.webhook.admission.k8s.io/round_0_index_0':
        '{"configuration":"c","webhook":"w","mutated":true}',
      'mutation.webhook.admission.k8s.io/round_0_index_1':
        '{"configuration":"c","webhook":"w","mutated":false}',
    };
    expect(told('create', { annotations, dryRun: true, code: 403, refused: true })).toEqual({
      audit_id: 'a',
      time: at(0),
      operation: 'CREATE',
      verb: 'create',
      group: '',
      resource: 'pods',
      namespace: 'shop',
      name: 'web',
      actor: 'actor:1',
      code: 403,
      refused: true,
      dry_run: true,
      run: 'r',
      mutations: 1,
    });
  });
});

function sums(found: Reconciliation) {
  const asked = found.recorded + found.lost.length + found.later + found.bypassed.length;
  const others = found.not_asked.reduce((sum, { count }) => sum + count, 0);
  return {
    writes: asked + found.tried + found.refused + others,
    population: asked,
    runs: found.named + found.again + found.connections + found.unnamed.length + found.outside,
  };
}
