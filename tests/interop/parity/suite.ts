import { createEngine } from '../../../src/engine/index.ts';
import { opaEvalMany } from '../../../src/engine/testing/opa.ts';
import { parseInput } from '../../../src/inputs/index.ts';
import {
  type Bundle,
  ENTRY_PACKAGE,
  exampleInstant,
  examplesOf,
  isRegoPolicy,
  judgesKind,
  policyRule,
  type RegoPolicy,
  type Repository,
} from '../../../src/policy/index.ts';
import { LAYERS, type Layer, type Verdict } from '../../../src/record/index.ts';
import { type Form, type Variant, variantsOf } from './forms.ts';

/** One document of an example with its forms. */
export interface Case {
  policy: RegoPolicy;
  file: string;
  expected: 'good' | 'bad';
  variants: Variant[];
}

/** Verdict by subject. */
type Verdicts = ReadonlyMap<string, Verdict>;

export interface PolicyParity {
  policy: RegoPolicy;
  /** Subjects that pass and fail, by form. */
  subjects: Map<Form, { pass: number; fail: number }>;
  /** Verdicts that each layer gave, and stock OPA. */
  given: Map<Layer | 'opa', number>;
  /** Verdicts of one subject that are not the same everywhere. */
  differing: string[];
  /** Examples that are not judged as their names say. */
  wrong: string[];
}

/** Every example of the policies that Rego judges, in each form that the policy takes. */
export function casesOf(repository: Repository): Case[] {
  return examplesOf(repository).flatMap(({ policy, file, expected }) => {
    if (!isRegoPolicy(policy) || policy.style !== 'exhibit') return [];
    const { documents } = parseInput(file, repository.files.get(file) ?? new Uint8Array());
    return documents
      .filter(({ kind }) => judgesKind(policy, kind))
      .map((document) => ({ policy, file, expected, variants: variantsOf(document) }));
  });
}

/** Judges every case at every layer with a bundle, and with stock OPA from the bundle's sources. */
export async function runSuite(
  bundle: Bundle,
  cases: readonly Case[],
  layers: readonly Layer[] = LAYERS,
): Promise<PolicyParity[]> {
  const found = new Map<string, PolicyParity>();
  const failing = new Map<string, number>();
  const byInstant = Map.groupBy(cases, ({ policy }) => exampleInstant(policy));
  for (const [instant, some] of byInstant) {
    const asked = some.flatMap((one) => one.variants.map((variant) => ({ one, variant })));
    const judged = await judgeLayers(bundle, asked, instant, layers);
    const opa = await opaEvalMany(
      bundle.files,
      asked.map(({ one, variant }) => ({
        query: `data.${ENTRY_PACKAGE}.${policyRule(one.policy)}`,
        input: variant.document.value,
        now: instant,
      })),
    );
    for (const one of some) {
      const parity = found.get(one.policy.id) ?? empty(one.policy);
      found.set(one.policy.id, parity);
      const indices = [...asked.keys()].filter((i) => asked[i]?.one === one);
      const fails = compare(
        one,
        parity,
        indices.map((i) => ({
          variant: asked[i]?.variant as Variant,
          layers: judged[i] ?? new Map(),
          opa: fromRules(opa[i]),
        })),
      );
      failing.set(one.file, (failing.get(one.file) ?? 0) + fails);
    }
  }
  for (const { file, policy, expected } of new Map(cases.map((one) => [one.file, one])).values()) {
    const wrong = found.get(policy.id)?.wrong;
    const fails = failing.get(file) ?? 0;
    if (expected === 'good' && fails > 0) wrong?.push(`${file}: ${fails} subjects fail`);
    if (expected === 'bad' && fails === 0) wrong?.push(`${file}: nothing fails`);
  }
  return [...found.values()].sort((a, b) => (a.policy.id < b.policy.id ? -1 : 1));
}

const empty = (policy: RegoPolicy): PolicyParity => ({
  policy,
  subjects: new Map(),
  given: new Map(),
  differing: [],
  wrong: [],
});

async function judgeLayers(
  bundle: Bundle,
  asked: readonly { one: Case; variant: Variant }[],
  instant: number,
  layers: readonly Layer[],
): Promise<Map<Layer, Verdicts>[]> {
  // A busy machine must not end an evaluation: the suite is about verdicts.
  const limits = { evaluationMilliseconds: 600_000 };
  const engine = await createEngine(bundle, { clock: () => instant, limits });
  const answers: Map<Layer, Verdicts>[] = asked.map(() => new Map());
  try {
    for (const layer of layers) {
      const here = [...asked.keys()].filter((i) => {
        const { one, variant } = asked[i] as (typeof asked)[number];
        return one.policy.layers[layer] !== undefined && variant.layers.includes(layer);
      });
      const judged = await engine.judgeMany(
        here.map((i) => (asked[i] as (typeof asked)[number]).variant.document),
        layer,
      );
      here.forEach((i, k) => {
        const own = (judged[k] ?? []).filter(({ policy_id }) => policy_id === asked[i]?.one.policy.id);
        const subjects = own.filter(({ empty: none }) => none !== true);
        answers[i]?.set(layer, new Map(subjects.map(({ subject, verdict }) => [subject.id, verdict])));
      });
    }
  } finally {
    await engine.close();
  }
  return answers;
}

/** The verdicts that the values of the rules stand for (DESIGN: in the population and not violated is a pass). */
function fromRules(value: unknown): Verdicts {
  const rules = (value ?? {}) as Record<'population' | 'violations' | 'unknowns', unknown>;
  if (!Array.isArray(rules.population) || !Array.isArray(rules.violations)) return new Map([['', 'error']]);
  const named = (list: unknown) =>
    new Set((Array.isArray(list) ? list : []).map((one) => String((one as { subject: unknown }).subject)));
  const [failing, open] = [named(rules.violations), named(rules.unknowns)];
  return new Map(
    rules.population.map((one): [string, Verdict] => {
      const { id } = one as { id: string };
      return [id, failing.has(id) ? 'fail' : open.has(id) ? 'not_evaluated' : 'pass'];
    }),
  );
}

function compare(
  one: Case,
  parity: PolicyParity,
  answers: readonly { variant: Variant; layers: Map<Layer, Verdicts>; opa: Verdicts }[],
): number {
  const [reference] = answers;
  if (reference === undefined) return 0;
  const base = show(reference.opa);
  for (const { variant, layers, opa } of answers) {
    count(parity, variant.form, opa);
    for (const [where, verdicts] of [...layers, ['opa', opa] as const]) {
      parity.given.set(where, (parity.given.get(where) ?? 0) + verdicts.size);
      if (show(verdicts) !== base)
        parity.differing.push(`${one.file}: ${variant.form} at ${where}: ${show(verdicts)}, not ${base}`);
    }
  }
  const said = [...reference.opa.values()];
  if (said.includes('error')) parity.wrong.push(`${one.file}: error`);
  return said.filter((verdict) => verdict === 'fail').length;
}

function count(parity: PolicyParity, form: Form, verdicts: Verdicts): void {
  const counted = parity.subjects.get(form) ?? { pass: 0, fail: 0 };
  parity.subjects.set(form, counted);
  for (const verdict of verdicts.values()) {
    if (verdict === 'pass') counted.pass += 1;
    if (verdict === 'fail') counted.fail += 1;
  }
}

const show = (verdicts: Verdicts): string =>
  [...verdicts]
    .map(([id, verdict]) => `${id} ${verdict}`)
    .sort()
    .join(', ') || 'nothing';
