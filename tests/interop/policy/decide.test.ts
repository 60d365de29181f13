import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createEngine,
  type DisposeContext,
  dispose,
  type Engine,
  type Judgement,
  judgeAll,
  matchesGlob,
} from '../../../src/engine/index.ts';
import { bundleOf, metadata, sideFile } from '../../../src/engine/testing/bundles.ts';
import { documentOf } from '../../../src/engine/testing/documents.ts';
import { NOW, opaEvalMany } from '../../../src/engine/testing/opa.ts';
import { DEFAULT_LIMITS, type InputDocument, parseInput } from '../../../src/inputs/index.ts';
import {
  type Bundle,
  buildBundle,
  findOpa,
  type Override,
  openBundle,
  regoPolicies,
} from '../../../src/policy/index.ts';
import { formatInstant, LAYERS, type Layer } from '../../../src/record/index.ts';

const override = (more: Partial<Override> = {}): Override => ({
  id: 'ovr-1',
  policy: 'p',
  scope: { subjects: ['db/*'] },
  owner: 'team',
  approver: 'lead',
  reason: 'Migration is planned for the second half of the year.',
  ticket: 'https://tickets.example/1',
  created: '2026-01-01T00:00:00.000Z',
  sunset: formatInstant(NOW),
  digest: `sha256:${'a'.repeat(64)}`,
  ...more,
});

const RULES = {
  'policies/a/policy.rego': `${metadata('boxes')}package exhibit.policies.boxes
population := input.population
violations := input.violations
unknowns := input.unknowns
`,
  'policies/b/policy.rego': `package main
deny_x contains v if some v in input.deny
deny_y contains v if some v in input.denyy
warn contains v if some v in input.warn
exception contains v if some v in input.exception
`,
  'policies/b/policy.yaml': sideFile('checks'),
  'policies/c/policy.rego': `package required
violation contains {"msg": "no owner", "details": {"kind": input.review.kind, "operation": input.review.operation}} if {
	not input.review.object.metadata.labels[input.parameters.label]
}
violation contains {"msg": input.review.object.spec}
`,
  'policies/c/policy.yaml': sideFile('owner', ['inputs: [kubernetes]', 'parameters: {label: owner}']),
};

interface Case {
  judgement: Judgement;
  context: DisposeContext;
}

/** What a stock OPA says about many cases, each with its own overrides and its own clock. */
async function theirs(bundle: Bundle, cases: readonly Case[]): Promise<unknown[]> {
  const sent = cases.map(({ judgement, context }) => ({
    judgement,
    overrides: context.overrides,
    now: context.now,
    place: { ...context, overrides: undefined, now: undefined },
  }));
  const query = `[answer | some c in input.cases; answer := data.exhibit.overrides.disposal(c.judgement, c.place) with data.exhibit.bundle.overrides as c.overrides with time.now_ns as c.now * 1000000]`;
  const [answers] = await opaEvalMany(bundle.files, [{ query, input: { cases: sent } }]);
  return answers as unknown[];
}

describe('overrides in a stock OPA', () => {
  let bundle: Bundle;
  beforeAll(async () => {
    bundle = await bundleOf(RULES);
  });

  test('are what dispose does, for every verdict, mode, scope, place and clock', async () => {
    const names = fc.constantFrom('db/main', 'db', 'a/b/c', 'a.b', 'prod', 'ci', '');
    const globs = fc.array(
      fc.constantFrom('**', '**', '**', '*', '*', 'db/*', 'a/**', 'a.b', 'a?b', 'pro*', '', '**/c'),
      { minLength: 1, maxLength: 3 },
    );
    const layers = fc.constantFrom(...LAYERS);
    const fields = {
      subjects: globs,
      types: globs,
      environments: globs,
      repositories: globs,
      layers: fc.array(layers, { minLength: 1, maxLength: 5 }),
      files: globs,
    };
    // Each field alone, any of them, and none.
    const alone = Object.entries(fields).map(([name, values]) => values.map((value) => ({ [name]: value })));
    const scope = fc.oneof(...alone, fc.record(fields, { requiredKeys: [] }));
    const instants = fc.constantFrom(-2, -1, 0, 1, 2).map((seconds) => NOW + seconds * 1_000);
    const one = fc
      .tuple(fc.constantFrom('p', 'p', 'p', 'q'), scope, instants, instants, fc.constantFrom('1', '2'))
      .map(([policy, wide, a, b, id]) =>
        override({ id, policy, scope: wide, created: formatInstant(a), sunset: formatInstant(b) }),
      );
    const days = fc
      .constantFrom(-1, 0, 0, 1)
      .map((shift) => formatInstant(NOW + shift * 86_400_000).slice(0, 10));
    const modes = fc.constantFrom('enforce' as const, 'warn' as const, 'observe' as const);
    const rules = fc.constantFrom('deny', 'deny_x');
    const { files: _files, types: _types, repositories: _repositories, ...ofStage } = fields;
    const ofRules = { ...ofStage, rules: fc.array(rules, { minLength: 1, maxLength: 2 }) };
    const stage = fc
      .tuple(days, modes, fc.option(fc.record(ofRules, { requiredKeys: [] }), { nil: undefined }))
      .map(([from, mode, wide]) => ({ from, mode, ...(wide === undefined ? {} : { scope: wide }) }));
    const schedule = fc
      .tuple(days, fc.option(fc.array(stage, { minLength: 1, maxLength: 3 }), { nil: undefined }))
      .map(([since, rollout]) => ({ since, ...(rollout === undefined ? {} : { rollout }) }));
    const cases: fc.Arbitrary<Case> = fc
      .tuple(
        fc.constantFrom(
          'fail' as const,
          'fail' as const,
          'pass' as const,
          'error' as const,
          'not_evaluated' as const,
        ),
        fc.record(
          { type: names, id: names, name: names, environment: names },
          { requiredKeys: ['type', 'id', 'name'] },
        ),
        fc.constantFrom(undefined, 'enforce' as const, 'warn' as const, 'observe' as const),
        fc.constantFrom('enforce' as const, 'warn' as const, 'observe' as const),
        layers,
        fc.array(one, { maxLength: 3 }),
        fc.constantFrom(-1_000, -1, 0, 1, 1_000, -86_400_000, 86_400_000).map((shift) => NOW + shift),
        fc.record({ environment: names, repository: names, file: names, schedule }, { requiredKeys: [] }),
        fc.option(rules, { nil: undefined }),
      )
      .map(([verdict, subject, at_most, mode, layer, overrides, now, place, rule]) => ({
        judgement: {
          policy_id: 'p',
          rule_id: rule === undefined ? 'p' : `p/${rule}`,
          severity: 'high',
          subject,
          verdict,
          ...(at_most === undefined ? {} : { at_most }),
        },
        context: { mode, layer, overrides, now, ...place },
      }));
    const sample = fc.sample(cases, { numRuns: 4_000, seed: 20_261_125 });
    const ours = sample.map(({ judgement, context }) => dispose(judgement, context));
    // The sample must hold what it is about.
    const waived = ours.filter(({ disposition }) => disposition === 'waived').length;
    expect(waived).toBeGreaterThan(100);
    expect(ours.filter(({ disposition }) => disposition === 'enforced').length).toBeGreaterThan(100);
    const held = sample.filter(
      ({ context }, i) =>
        context.mode === 'enforce' && context.schedule !== undefined && ours[i]?.disposition === 'observed',
    );
    expect(held.length).toBeGreaterThan(100);
    expect(await theirs(bundle, sample)).toEqual(ours);
  });

  test('read globs as ours: stars, and every other sign as itself', async () => {
    const signs = fc.constantFrom(...'ab/*.+?()[]{}|^$\\-ü😀\n "', '**');
    const pairs = fc.sample(
      fc.tuple(
        fc.array(signs, { maxLength: 6 }).map((all) => all.join('')),
        fc.array(signs, { maxLength: 6 }).map((all) => all.join('')),
      ),
      { numRuns: 3_000, seed: 20_261_125 },
    );
    const own = pairs.flatMap(([pattern, text]) => [
      [pattern, text],
      [text, text],
      [`${text}**`, `${text}/x\ny`],
      [`${text}*`, `${text}x\ny`],
      [`${text}*z`, `${text}x/z`],
    ]) as [string, string][];
    const query = `[found | some [pattern, text] in input; found := {true | data.exhibit.overrides.matches(pattern, text)} == {true}]`;
    const [found] = await opaEvalMany(bundle.files, [{ query, input: own }]);
    const ours = own.map(([pattern, text]) => matchesGlob(pattern, text));
    expect(ours.filter((each) => each).length).toBeGreaterThan(6_000);
    expect(ours.filter((each) => !each).length).toBeGreaterThan(3_000);
    expect(found).toEqual(ours);
  });
});

/** What a stock OPA decides about documents, each at a layer. */
async function decided(
  bundle: Bundle,
  asked: readonly { document: InputDocument; layer: Layer }[],
  more = {},
): Promise<Decided[]> {
  const answers = await opaEvalMany(
    bundle.files,
    asked.map(({ document: { kind, value, file, index }, layer }) => ({
      query: '{"allow": data.exhibit.decide.allow, "decisions": data.exhibit.decide.decisions}',
      input: { layer, kind, document: value, file, index, ...more },
    })),
  );
  return (answers as { allow: boolean; decisions: object[] }[]).map(({ allow, decisions }) => ({
    allow,
    decisions: decisions.map(row),
  }));
}

/** What our engine decides about the same documents, one run each. */
async function ours(
  engine: Engine,
  bundle: Bundle,
  documents: readonly InputDocument[],
  layer: Layer,
  failOn = 'any',
) {
  const runs = [];
  for (const document of documents) {
    const { file } = document;
    runs.push(
      await judgeAll(engine, [{ file, documents: [document], problems: [] }], {
        bundle,
        layer,
        now: NOW,
        failOn,
      }),
    );
  }
  return runs.map(({ decisions }) => ({
    allow: decisions.every(({ disposition }) => disposition !== 'enforced'),
    // A run names itself where a policy found nothing; a single document is that document.
    decisions: decisions.map((each) =>
      row(
        each.verdict === 'not_applicable' && each.subject.id === 'run'
          ? { ...each, subject: undefined }
          : each,
      ),
    ),
  }));
}

function row(decision: object): string {
  const { policy_id, rule_id, severity, subject, verdict, disposition, override_id, override_digest } =
    decision as Record<string, unknown>;
  const { type, id, name, environment } = (subject ?? {}) as Record<string, unknown>;
  const who = verdict === 'not_applicable' && rule_id === policy_id ? [] : [type, id, name, environment];
  return JSON.stringify([
    policy_id,
    rule_id,
    severity,
    ...who,
    verdict,
    disposition,
    override_id,
    override_digest,
  ]);
}

interface Decided {
  allow: boolean;
  decisions: string[];
}

const sorted = (all: readonly Decided[]) =>
  all.map(({ allow, decisions }) => ({ allow, decisions: decisions.toSorted() }));

/** Our run has a row also for each policy that was not asked, so that an auditor sees it; OPA is asked about one document. */
function compared(told: readonly Decided[], own: readonly Decided[]): Decided[] {
  const rows = told.map(({ allow, decisions }, i) => {
    const asked = new Set(decisions.map((each) => (JSON.parse(each) as string[])[0]));
    const rest = (own[i]?.decisions ?? []).filter(
      (each) => each.includes('"not_applicable"') && !asked.has((JSON.parse(each) as [string])[0]),
    );
    return { allow, decisions: [...decisions, ...rest] };
  });
  return sorted(rows);
}

const statement = (subject: unknown, more: object = {}) => ({ subject, message: 'm', ...more });
const subjects = [
  { type: 'box', id: 'a', name: 'A' },
  { type: 'box', id: 'b', name: 'B', environment: 'prod' },
];
const VALUES: unknown[] = [
  { population: subjects, violations: [statement('a')], unknowns: [statement('b')] },
  {
    population: subjects,
    violations: [statement({ id: 'b' }), statement('b', { path: ['x', 0], fix: 'f' })],
  },
  { population: [], violations: [] },
  { population: subjects },
  { violations: [] },
  { population: subjects, violations: [statement('c')] },
  { population: subjects, violations: [statement('a', { message: '' })] },
  { population: subjects, violations: [statement('a', { path: [-1] })] },
  { population: subjects, violations: [statement('a', { path: 'x' })] },
  { population: subjects, violations: [statement('a', { fix: '' })] },
  { population: subjects, violations: [statement('a', { details: [] })] },
  { population: subjects, violations: [], unknowns: [statement('z')] },
  { population: subjects, violations: [], unknowns: 'no' },
  { population: [...subjects, { type: 'crate', id: 'a', name: 'A' }], violations: [] },
  { population: [{ type: 'box', id: '', name: 'A' }], violations: [] },
  { population: [{ type: 'box', id: 'x', name: 'X', environment: null }], violations: [] },
  { population: 'many', violations: [] },
  { population: subjects, violations: [], deny: ['no', { msg: 'never' }], warn: ['careful'] },
  { population: subjects, violations: [], deny: [3] },
  { population: subjects, violations: [], deny: [{ message: 'no msg' }] },
  { population: subjects, violations: [], deny: [{ msg: 'm', _loc: { line: 0 } }] },
  { population: subjects, violations: [], deny: ['no'], denyy: ['no'], exception: [['x'], 'y'] },
  { population: subjects, violations: [], deny: [4], exception: ['x'] },
  'text',
  7,
  null,
];
const OBJECTS: unknown[] = [
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' } },
  { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { generateName: 'web-', labels: { owner: 'ada' } } },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n', labels: { owner: 'ada' } }, spec: 'said' },
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'n', labels: { owner: 'ada' } }, spec: { no: 'text' } },
  { kind: 'Pod', metadata: {} },
  { kind: 'Pod', metadata: { name: 5 } },
  {
    kind: 'AdmissionReview',
    request: { operation: 'DELETE', object: null, oldObject: { kind: 'Pod', metadata: { name: 'x' } } },
  },
  {
    kind: 'AdmissionReview',
    request: { operation: 'CREATE', object: { kind: 'Pod', metadata: { name: 'x' } } },
  },
];

/** Each way to write an entity, and ids with signs that are escaped: in what is read, in what is written, in both. */
const REQUESTS: unknown[] = [
  [{ type: 'User', id: 'ada' }, 'Action::"read"', { __entity: { type: 'Shop::Order', id: '7' } }],
  [{ type: 'User', id: '' }, { type: 'Action', id: 'a "b" \\ c' }, 'Shop::Order::"x y"'],
  [String.raw`User::"\u{41}\u{1F600}\x7e\n\r\t\0\\\'\""`, 'Action::"\\\\"', 'R::"ü\u00e9"'],
  [
    { type: 'User', id: 'tab\there\u0000\u001f\u007f\u0085\u200b\u00ad\u{e000}\u{10ffff}\u{e0001}\u0378' },
    { type: 'Action', id: '\u2028\u00a0 \u0301é漢😀' },
    'R::"1"',
  ],
  ['User::"\\u{d800}"', 'Action::"\\u{110000}"', 'R::"\\q"'],
  ['no entity', { type: '1x', id: 'a' }, { type: 'R', id: 'a', more: 1 }],
].map(([principal, action, resource]) => ({ principal, action, resource, context: {} }));

describe('decisions of a stock OPA', () => {
  let bundle: Bundle;
  let engine: Engine;
  beforeAll(async () => {
    const built = await bundleOf(RULES);
    const overrides = [
      override({ policy: 'boxes', scope: { subjects: ['b'], environments: ['pr*'] } }),
      override({ id: 'ovr-2', policy: 'checks', scope: { files: ['in/**'], types: ['json'] } }),
      override({ id: 'ovr-3', policy: 'owner', scope: { subjects: ['Pod/**'], layers: ['ci'] } }),
      override({ id: 'gone', policy: 'boxes', scope: { subjects: ['a'] }, sunset: formatInstant(NOW - 1) }),
    ];
    const data = JSON.parse(Buffer.from(built.files.get('data.json') ?? '').toString('utf8'));
    data.exhibit.bundle.overrides = overrides;
    const files = new Map([...built.files, ['data.json', Buffer.from(JSON.stringify(data))]]);
    bundle = { ...built, overrides, files };
    engine = await createEngine(bundle, { clock: () => NOW });
  });
  afterAll(() => engine?.close());

  const documents = [
    ...VALUES.map((value, i) => documentOf('json', value, `in/${i}.json`)),
    ...VALUES.map((value) => documentOf('yaml', value, 'other.yaml', 2)),
    documentOf('json', VALUES[1], ''),
    ...OBJECTS.map((value, i) => documentOf('kubernetes', value, `k/${i}.yaml`)),
    ...REQUESTS.map((value, i) => documentOf('cedar-request', value, `r/${i}.json`)),
  ];

  test.each(['any', 'critical', 'none'])('are those of our engine, blocking from %s', async (failOn) => {
    const asked = documents.map((document) => ({ document, layer: 'ci' as const }));
    const told = await decided(bundle, asked, { fail_on: failOn });
    const own = await ours(engine, bundle, documents, 'ci', failOn);
    expect(compared(told, own)).toEqual(sorted(own));
    const all = told.flatMap(({ decisions }) => decisions).join('\n');
    if (failOn === 'any')
      for (const word of ['ovr-1', 'ovr-2', 'ovr-3', 'error', 'not_evaluated']) expect(all).toContain(word);
    expect(all).not.toContain('gone');
  });

  test('a question that cannot be answered is never allowed, and says why', async () => {
    const queries = [
      {},
      { layer: 'ci', kind: 'json' },
      { layer: 'production', kind: 'json', document: {} },
      { layer: 'ci', kind: 'no-such-kind', document: {} },
      { layer: 'ci', kind: 'json', document: {}, fail_on: 'severe' },
    ].map((input) => ({
      query:
        '[data.exhibit.decide.allow, count(data.exhibit.decide.problems) > 0, count(data.exhibit.decide.decisions)]',
      input,
    }));
    for (const answer of await opaEvalMany(bundle.files, queries)) expect(answer).toEqual([false, true, 0]);
  });
});

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)]));
}

describe('the starter library in a stock OPA', { timeout: 900_000 }, () => {
  test('each example has the decisions of our engine', async () => {
    expect(existsSync('policies')).toBe(true);
    const files = walk('policies').filter((file) => /\/examples\/.*\.(json|ya?ml)$/.test(file));
    const documents = files.flatMap(
      (file) => parseInput(relative('.', file), readFileSync(file), DEFAULT_LIMITS).documents,
    );
    const opa = await findOpa(process.env);
    const built = await buildBundle('policies', { opa, revision: 'test', allowDirty: true });
    const bundle = openBundle(built.files, { keys: [], allowUnsigned: true });
    const engine = await createEngine(bundle, { clock: () => NOW });
    try {
      // Each document at one layer, so that each layer sees a quarter of them: OPA takes its time.
      const layers = ['pre-commit', 'ci', 'admission', 'runtime'] as const;
      const asked = documents.map((document, i) => ({ document, layer: layers[i % 4] ?? 'ci' }));
      const told = await decided(bundle, asked);
      const own = [];
      for (const { document, layer } of asked) own.push(...(await ours(engine, bundle, [document], layer)));
      expect(documents.length).toBeGreaterThan(100);
      // A stock OPA judges with Rego alone; what it says of the rest is not_evaluated.
      const rego = new Set(regoPolicies(bundle.policies).map(({ id }) => id));
      const of = ({ allow, decisions }: Decided) => ({
        allow,
        decisions: decisions.filter((text) => rego.has(JSON.parse(text)[0])),
      });
      expect(compared(told, own).map(of)).toEqual(sorted(own).map(of));
    } finally {
      await engine.close();
    }
  });
});
