import { createRuleAnswers, type RuleAnswers } from '../../engine/index.ts';
import { type Bundle, INPUT_KINDS, isRegoPolicy, policyRule, resultsRule } from '../../policy/index.ts';
import type { Clock } from '../../record/index.ts';
import type { ServedBundle } from '../bundles/source.ts';
import type { Settings } from '../settings.ts';

/** What is kept of bundles that were served, so that decisions of their revisions can be told apart. */
export type KnownBundle = Omit<Bundle, 'files' | 'wasm' | 'frameworks' | 'control_map'>;

/** A rule of the bundle's module, and what of its value was asked for. */
export interface RulePlace {
  rule: string;
  /** Members of the rule's value, from outside. */
  members: readonly string[];
}

/** The bundle that the data API answers from (the first that is configured), and the revisions that were served. */
export interface Rules {
  use(served: ServedBundle): Promise<void>;
  remember(bundle: Bundle): void;
  bundleOf(revisions: readonly string[]): KnownBundle | undefined;
  /** The bundle that answers; undefined before one verified. */
  current(): Bundle | undefined;
  /** Where a slash path of the data API lies; undefined for what the module cannot be asked. */
  placeOf(path: readonly string[]): RulePlace | undefined;
  /** The value of a rule as JSON text; undefined where it is undefined. @throws what evaluating it threw */
  ask(rule: string, input: Uint8Array): Promise<string | undefined>;
  close(): Promise<void>;
}

interface Waiting {
  rule: string;
  input: Uint8Array;
  done: PromiseWithResolvers<string | undefined>;
}

/** Most questions that are answered before others get their turn. */
const AT_ONCE = 64;

export function openRules(settings: Settings, clock: Clock): Rules {
  const known = new Map<string, KnownBundle>();
  let current: Bundle | undefined;
  let answers: RuleAnswers | undefined;
  let rules: ReadonlySet<string> = new Set();
  let waiting: Waiting[] = [];

  const remember = ({ files: _f, wasm: _w, frameworks: _r, control_map: _c, ...rest }: Bundle) =>
    void known.set(rest.revision, rest);
  const run = () => {
    const group = waiting.slice(0, AT_ONCE);
    waiting = waiting.slice(AT_ONCE);
    if (waiting.length > 0) setImmediate(run);
    const results = answers?.ask(group) ?? [];
    group.forEach(({ done }, at) => {
      const result = results[at];
      if (result instanceof Error) done.reject(result);
      else done.resolve(result);
    });
  };
  return {
    async use({ name, bundle }) {
      remember(bundle);
      if (name !== settings.bundles[0]?.name) return;
      const next = await createRuleAnswers(bundle, {
        clock,
        limits: { evaluationMilliseconds: settings.limits.evaluation_milliseconds },
      });
      [current, answers, rules] = [bundle, next, new Set(rulesOf(bundle))];
    },
    remember,
    bundleOf: (revisions) => revisions.map((one) => known.get(one)).find((one) => one !== undefined),
    current: () => current,
    placeOf: (path) => (current === undefined ? undefined : placeIn(current, rules, path)),
    ask(rule, input) {
      const done = Promise.withResolvers<string | undefined>();
      waiting.push({ rule, input, done });
      // The questions of this turn of the event loop are answered together.
      if (waiting.length === 1) setImmediate(run);
      return done.promise;
    },
    async close() {
      answers = undefined;
    },
  };
}

function rulesOf(bundle: Bundle): string[] {
  return [...INPUT_KINDS.map(resultsRule), ...bundle.policies.filter(isRegoPolicy).map(policyRule)];
}

/** Rules of a policy's package that the module collects; another one it does not know. */
const COLLECTED =
  /^(?:population|violations|unknowns|violation|deny|warn|exception|(?:deny|violation|warn)_\w+)$/;

function placeIn(bundle: Bundle, rules: ReadonlySet<string>, path: readonly string[]): RulePlace | undefined {
  const [first, second, third, ...rest] = path;
  if (first === 'exhibit' && second === 'entry' && third !== undefined)
    return rules.has(third) ? { rule: third, members: rest } : undefined;
  const text = path.join('.');
  for (const policy of bundle.policies) {
    if (!isRegoPolicy(policy) || !text.startsWith(`${policy.package}.`)) continue;
    const members = path.slice(policy.package.split('.').length);
    if (COLLECTED.test(members[0] ?? '')) return { rule: policyRule(policy), members };
  }
  return undefined;
}
