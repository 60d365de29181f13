import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bundle, regoPolicies } from '../policy/index.ts';
import { Evaluation } from './evaluation.ts';
import { createEngine, type Engine, type Judgement } from './index.ts';
import { longest } from './limits.ts';
import { bundleOf, metadata } from './testing/bundles.ts';
import { documentOf } from './testing/documents.ts';
import { describeWithOpa } from './testing/need-opa.ts';
import { compileRego } from './testing/opa.ts';
import type { InstancePool } from './wasm/pool.ts';

const NOW = Date.parse('2026-05-04T10:00:00.000Z');
const MEBIBYTE = 1024 * 1024;

/** Four nested loops over it would take years. */
const LONG = Array.from({ length: 2_000 }, (_, i) => i + 1);

/** A policy of our own contract that is on only when the input names it, so that each test sees its own alone. */
const policy = (id: string, body: string, extra: string[] = []): string =>
  `${metadata(id, extra, '{ci: enforce, runtime: observe}')}package exhibit.policies.${id.replaceAll('-', '_')}\n${body}\n`;

const boxes = `
population contains {"type": "box", "id": x.id, "name": x.id} if some x in input.boxes
violations contains {"subject": x.id, "message": x.why} if {
	some x in input.boxes
	x.why
}
`;

const SOURCES: Record<string, string> = {
  boxes: policy('boxes', boxes),
  element: policy(
    'element',
    `population contains p(x) if some x in input.elements
violations contains {"subject": p(x), "message": "wrong", "path": ["elements", i], "fix": "right"} if {
	some i, x in input.elements
	x.bad
}
p(x) := {"type": "box", "id": x.id, "name": upper(x.id), "environment": "prod"}`,
  ),
  unknowns: policy(
    'unknowns',
    `${boxes.replaceAll('boxes', 'plan')}
unknowns contains {"subject": x.id, "message": "known after apply", "path": ["plan"]} if {
	some x in input.plan
	x.unknown
}`,
  ),
  malformed: policy(
    'malformed',
    'population contains x if some x in input.malformed\nviolations contains x if some x in input.wrong',
  ),
  undefined: policy(
    'undefined',
    'population := input.undefined.population\nviolations := input.undefined.violations',
  ),
  conflict: policy(
    'conflict',
    `population contains {"type": "box", "id": value, "name": "x"} if input.conflict
violations contains x if { x := input.nothing }
value := 1 if input.conflict
value := 2 if input.conflict`,
  ),
  hang: policy(
    'hang',
    `population contains {"type": "box", "id": "h", "name": "h"} if {
	input.hang
	count([1 | some a in input.hang; some b in input.hang; some c in input.hang; some d in input.hang; a == b; c == d; a == 0]) == 0
}
violations contains x if { x := input.nothing }`,
  ),
  hog: policy(
    'hog',
    `population contains {"type": "box", "id": "h", "name": "h"} if {
	input.hog
	count([concat("", [sprintf("%0100d", [a]), sprintf("%0100d", [b])]) | some a in numbers.range(1, 3000); some b in numbers.range(1, 3000)]) == 0
}
violations contains x if { x := input.nothing }`,
  ),
  clock: policy(
    'clock',
    `population contains {"type": "clock", "id": time.format(time.now_ns()), "name": "now"} if input.clock
violations contains x if { x := input.nothing }`,
  ),
  numbers: policy(
    'numbers',
    `population contains {"type": "n", "id": sprintf("%d", [input.big]), "name": "n"} if input.big
violations contains {"subject": sprintf("%d", [input.big]), "message": sprintf("%v", [input.big + 1]), "details": {"big": input.big}} if input.big`,
  ),
  plans: policy('plans', boxes.replaceAll('boxes', 'kinds'), ['inputs: [terraform-plan]']),
};

let bundle: Bundle;
let engine: Engine;

describeWithOpa('engine', () => {
  beforeAll(async () => {
    bundle = await bundleOf(
      Object.fromEntries(Object.entries(SOURCES).map(([id, text]) => [`policies/t/${id}/policy.rego`, text])),
    );
    engine = await createEngine(bundle, {
      clock: () => NOW,
      limits: { evaluationMilliseconds: 400, evaluationBytes: 128 * 1024 * 1024 },
    });
  });
  afterAll(() => engine?.close());

  const judge = async (value: unknown, id: string): Promise<Judgement[]> =>
    (await engine.judge(documentOf('json', value), 'ci')).filter((each) => each.policy_id === id);

  test('in the population and not violated is a pass, violated is one fail with every message', async () => {
    const found = await judge(
      { boxes: [{ id: 'b' }, { id: 'a', why: 'z' }, { id: 'a', why: 'y' }] },
      'boxes',
    );
    expect(found).toEqual([
      {
        policy_id: 'boxes',
        rule_id: 'boxes',
        severity: 'high',
        subject: { type: 'box', id: 'a', name: 'a' },
        verdict: 'fail',
        message: 'y',
        details: { violations: [{ message: 'y' }, { message: 'z' }] },
        statements: [{ message: 'y' }, { message: 'z' }],
      },
      expect.objectContaining({ subject: { type: 'box', id: 'b', name: 'b' }, verdict: 'pass' }),
    ]);
    expect(found[1]).not.toHaveProperty('message');
  });

  test('a violation may name the element of the population, a path and a fix', async () => {
    const [found] = await judge({ elements: [{ id: 'a', bad: true }] }, 'element');
    expect(found).toMatchObject({
      verdict: 'fail',
      subject: { id: 'a', name: 'A', environment: 'prod' },
      path: ['elements', 0],
      fix: 'right',
    });
  });

  test('a subject whose value is not known yet is not evaluated, unless it is violated anyway', async () => {
    const plan = [{ id: 'a', unknown: true }, { id: 'b', unknown: true, why: 'bad' }, { id: 'c' }];
    const found = await judge({ plan }, 'unknowns');
    expect(found.map(({ subject, verdict, message }) => [subject.id, verdict, message])).toEqual([
      ['a', 'not_evaluated', 'known after apply'],
      ['b', 'fail', 'bad'],
      ['c', 'pass', undefined],
    ]);
  });

  test('an empty population is one not_applicable, with the document as subject', async () => {
    const found = await judge({ boxes: [] }, 'boxes');
    expect(found).toMatchObject([
      { verdict: 'not_applicable', empty: true, subject: { type: 'json', id: 'input.json' } },
    ]);
  });

  test.each([
    ['an element without type', { malformed: [{ id: 'a', name: 'a' }] }, 'malformed'],
    ['an element that is no object', { malformed: ['a'] }, 'malformed'],
    ['a name that is empty', { malformed: [{ id: 'a', name: '', type: 'x' }] }, 'malformed'],
    [
      'one id twice',
      {
        malformed: [
          { id: 'a', name: 'a', type: 'x' },
          { id: 'a', name: 'b', type: 'x' },
        ],
      },
      'two subjects of the population have the id a',
    ],
    [
      'a violation outside of the population',
      { malformed: [{ id: 'a', name: 'a', type: 'x' }], wrong: [{ subject: 'q', message: 'm' }] },
      'violations names q, which is not in the population',
    ],
    [
      'a violation of an empty population',
      { wrong: [{ subject: 'q', message: 'm' }] },
      'violations names q, which is not in the population',
    ],
    [
      'a violation without message',
      { malformed: [{ id: 'a', name: 'a', type: 'x' }], wrong: [{ subject: 'a' }] },
      'message',
    ],
  ])('%s is an error and nothing else', async (_name, value, message) => {
    const found = await judge(value, 'malformed');
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ verdict: 'error', code: 'ENGINE_ERROR' });
    expect(found[0]?.message).toContain(message);
  });

  test('an undefined rule is an error, never a pass', async () => {
    const population = [{ id: 'a', name: 'a', type: 'x' }];
    expect(await judge({}, 'undefined')).toMatchObject([
      { verdict: 'error', message: 'the rule population is undefined' },
    ]);
    expect(await judge({ undefined: { population } }, 'undefined')).toMatchObject([
      { verdict: 'error', message: 'the rule violations is undefined' },
    ]);
    expect(await judge({ undefined: { population, violations: [] } }, 'undefined')).toMatchObject([
      { verdict: 'pass' },
    ]);
    expect(await judge({ undefined: { population, violations: 'x' } }, 'undefined')).toMatchObject([
      { verdict: 'error', message: 'the rule violations is not a set' },
    ]);
  });

  test.each([
    ['conflict', { conflict: true }, 'ENGINE_ERROR', 'conflict'],
    ['hang', { hang: LONG }, 'ENGINE_TIMEOUT', 'stopped after 400 ms'],
    ['hog', { hog: true }, /ENGINE_(ERROR|TIMEOUT)/, ''],
  ])(
    'a rule with a %s is an error of that policy alone; the others are judged',
    async (id, value, code, message) => {
      const all = await engine.judge(
        documentOf('json', { ...value, boxes: [{ id: 'a', why: 'bad' }, { id: 'b' }] }),
        'ci',
      );
      const culprit = all.filter((each) => each.policy_id === id);
      expect(culprit).toMatchObject([{ verdict: 'error' }]);
      expect(culprit[0]?.code).toMatch(code);
      expect(culprit[0]?.message).toContain(message);
      const others = all.filter((each) => each.policy_id === 'boxes');
      expect(others.map(({ verdict }) => verdict)).toEqual(['fail', 'pass']);
      expect(
        all
          .filter(({ verdict }) => verdict === 'error')
          .map((each) => each.policy_id)
          .sort(),
      ).toEqual([id, 'undefined'].sort());
      // The engine lives on.
      expect(await judge({ boxes: [{ id: 'x' }] }, 'boxes')).toMatchObject([{ verdict: 'pass' }]);
    },
  );

  test('a group of documents is judged as each alone, also around one that hangs', async () => {
    const values = [
      { boxes: [{ id: 'a' }] },
      { hang: true },
      { boxes: [{ id: 'b', why: 'w' }] },
      null,
      0,
      false,
      '',
      [],
    ];
    const documents = values.map((value, i) => documentOf('json', value, `${i}.json`));
    const together = await engine.judgeMany(documents, 'ci');
    const alone = [];
    for (const document of documents) alone.push(await engine.judge(document, 'ci'));
    expect(together).toEqual(alone);
  });

  test.each([1, 40, 400])(
    'a document that is judged in parts of %d bytes gives what it gives at once',
    async (partBytes) => {
      const parted = await createEngine(bundle, { clock: () => NOW, limits: { partBytes } });
      const values = [
        { boxes: [{ id: 'b' }, { id: 'a', why: 'z' }, { id: 'a', why: 'y' }] },
        { elements: [{ id: 'a', bad: true }], undefined: { population: [] } },
        { plan: [{ id: 'a', unknown: true }, { id: 'b', unknown: true, why: 'bad' }, { id: 'c' }] },
        { conflict: true, boxes: [{ id: 'a', why: 'bad' }] },
        { big: JSON.parse('9007199254740991') as number },
        null,
      ];
      const documents = values.map((value, i) => documentOf('json', value, `${i}.json`));
      expect(await parted.judgeMany(documents, 'ci')).toEqual(await engine.judgeMany(documents, 'ci'));
      await parted.close();
    },
  );

  test('a bundle that answers one rule at a time is judged at once', () => {
    // No build makes such a bundle any more, so its answers stand here.
    const pool = { askParts: () => [undefined], ask: () => '{"boxes":{"population":[],"violations":[]}}' };
    const evaluation = new Evaluation(pool as unknown as InstancePool, 1);
    const policies = regoPolicies(bundle.policies).filter(({ id }) => id === 'boxes' || id === 'element');
    const judged = evaluation.together(policies, documentOf('json', { boxes: [] }));
    expect(judged.map(({ policy_id, verdict }) => `${policy_id} ${verdict}`)).toEqual([
      'boxes not_applicable',
      'element error',
    ]);
  });

  test('a large document has more time, and a small one beside it has not', () => {
    expect(
      [0, 1, MEBIBYTE / 2, MEBIBYTE / 2 + 1, 4 * MEBIBYTE].map((bytes) =>
        longest({ evaluationMilliseconds: 400 }, bytes),
      ),
    ).toEqual([400, 400, 400, 800, 3200]);
  });

  test.each([[null], [false], [0], [''], [[]]])(
    '%j as input is judged, not taken for no input',
    async (value) => {
      const found = await engine.judge(documentOf('json', value), 'ci');
      expect(found.find((each) => each.policy_id === 'boxes')).toMatchObject({ verdict: 'not_applicable' });
      expect(found).toHaveLength(Object.keys(SOURCES).length - 1);
    },
  );

  test('an input that nests too deeply for the machine is an error', async () => {
    let value: unknown = 'end';
    for (let i = 0; i < 4_000; i += 1) value = [value];
    const found = await engine.judge(documentOf('json', { boxes: value }), 'ci');
    expect(found.every(({ verdict }) => verdict === 'error' || verdict === 'not_applicable')).toBe(true);
    expect(await judge({ boxes: [{ id: 'x' }] }, 'boxes')).toMatchObject([{ verdict: 'pass' }]);
  });

  test('time is the given clock', async () => {
    expect(await judge({ clock: true }, 'clock')).toMatchObject([
      { subject: { id: '2026-05-04T10:00:00Z' } },
    ]);
  });

  test('only the policies of the layer and of the kind are asked', async () => {
    const document = documentOf('json', { kinds: [{ id: 'a' }] });
    expect(await engine.judge(document, 'admission')).toEqual([]);
    const json = await engine.judge(document, 'runtime');
    expect(json.some((each) => each.policy_id === 'plans')).toBe(false);
    const plan = await engine.judge({ ...document, kind: 'terraform-plan' }, 'runtime');
    expect(plan.find((each) => each.policy_id === 'plans')).toMatchObject({ verdict: 'pass' });
  });

  test('numbers beyond a double keep their digits on the way in and in a message', async () => {
    const exact = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON('9007199254740993');
    const [found] = await judge({ big: exact }, 'numbers');
    expect(found).toMatchObject({
      subject: { id: '9007199254740993' },
      message: '9007199254740994',
      // A record must not round it, so it is a text there.
      details: { big: '9007199254740993' },
    });
  });

  test('a bundle whose module is no WebAssembly, or asks for other built-ins, is refused', async () => {
    const broken = { ...bundle, wasm: new Uint8Array([1, 2, 3]) };
    await expect(createEngine(broken, { clock: () => NOW })).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
    });
    const source = 'package a\nb := uuid.rfc4122("x")\n';
    const foreign = { ...bundle, wasm: await compileRego(source, ['a/b']) };
    await expect(createEngine(foreign, { clock: () => NOW })).rejects.toMatchObject({
      code: 'POLICY_BUILTIN',
      message: 'the bundle calls uuid.rfc4122, which the run time lacks',
    });
  });
});
