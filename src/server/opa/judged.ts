import { type Decision, dispose, judgeResult } from '../../engine/index.ts';
import type { InputDocument, InputKind } from '../../inputs/index.ts';
import {
  INPUT_KINDS,
  isRegoPolicy,
  judgesKind,
  policyRule,
  type RegoPolicy,
  resultsRule,
} from '../../policy/index.ts';
import { redact } from '../../record/index.ts';
import { type DecisionEvent, pathName, verdictOf } from '../../sources/index.ts';
import type { Settings } from '../settings.ts';
import type { KnownBundle } from './rules.ts';

/**
 * The decisions of one event. An answer of the rules that a bundle of ours is asked through is judged by the engine's own code,
 * with the overrides in force at the event's time; any other one is a yes or no about the request.
 */
export function decisionsOf(
  event: DecisionEvent,
  document: InputDocument,
  bundle: KnownBundle | undefined,
  settings: Settings['decisions'],
): Decision[] {
  const known = bundle === undefined ? undefined : ofBundle(event, document, bundle);
  return known ?? [ofApplication(event, document, bundle, settings)];
}

function ofBundle(
  event: DecisionEvent,
  document: InputDocument,
  bundle: KnownBundle,
): Decision[] | undefined {
  const about = askedPolicies(event.path, bundle);
  if (about === undefined || typeof event.result !== 'object' || event.result === null) return undefined;
  const result = event.result as Record<string, unknown>;
  return about.policies.flatMap((policy) =>
    judgeResult(policy, document, about.whole ? own(result, policy.id) : result).map((judgement) => ({
      ...judgement,
      document,
      location: {},
      ...dispose(judgement, {
        mode: policy.layers.runtime ?? 'observe',
        layer: 'runtime',
        overrides: bundle.overrides,
        now: event.time,
      }),
    })),
  );
}

const own = (object: Record<string, unknown>, key: string): unknown =>
  Object.hasOwn(object, key) ? object[key] : undefined;

interface Asked {
  policies: RegoPolicy[];
  whole: boolean;
}

/** By bundle and path: thousands of decisions a second are of few paths. A path is attacker-controlled, so few are kept. */
const asked = new WeakMap<KnownBundle, Map<string, Asked | undefined>>();
const MOST_PATHS = 256;

/** The policies that `data.exhibit.entry.results_<kind>` or `policy_<id>` speaks of. */
function askedPolicies(path: string, bundle: KnownBundle): Asked | undefined {
  const paths = asked.get(bundle) ?? new Map<string, Asked | undefined>();
  asked.set(bundle, paths);
  if (paths.has(path)) return paths.get(path);
  const found = findAsked(path, bundle);
  if (paths.size < MOST_PATHS) paths.set(path, found);
  return found;
}

function findAsked(path: string, { policies }: KnownBundle): Asked | undefined {
  const rule = /^exhibit\/entry\/(\w+)$/.exec(path)?.[1];
  if (rule === undefined) return undefined;
  const plain = policies.filter(isRegoPolicy).filter(({ style }) => style !== 'gatekeeper');
  const kind = INPUT_KINDS.find((one) => resultsRule(one) === rule);
  if (kind !== undefined)
    return {
      policies: plain.filter((one) => judgesKind(one, kind)),
      whole: true,
    };
  const policy = plain.find((one) => policyRule(one) === rule);
  return policy === undefined ? undefined : { policies: [policy], whole: false };
}

const KINDS: ReadonlyMap<string, InputKind> = new Map(
  INPUT_KINDS.map((kind) => [`exhibit/entry/${resultsRule(kind)}`, kind]),
);

/** The kind of input that a path of ours is about. */
export function kindOf(path: string): InputKind {
  return KINDS.get(path) ?? 'json';
}

function ofApplication(
  event: DecisionEvent,
  document: InputDocument,
  bundle: KnownBundle | undefined,
  { severity, disposition }: Settings['decisions'],
): Decision {
  const { decision_id, path, result, error } = event;
  const policy = bundle?.policies
    .filter(isRegoPolicy)
    .find((one) => `${path}/`.startsWith(`${one.package.replaceAll('.', '/')}/`));
  const { verdict, message } = verdictOf(path, result, error);
  return {
    policy_id: policy?.id ?? `opa/${pathName(path)}`,
    rule_id: pathName(path),
    severity: policy?.severity ?? severity,
    subject: { type: 'request', id: decision_id, name: decision_id },
    verdict,
    disposition: verdict === 'pass' ? 'none' : disposition,
    ...(message === undefined ? {} : { message }),
    ...(result === undefined || typeof result === 'boolean'
      ? {}
      : { details: { result: redact(result).value } }),
    document,
    location: {},
  };
}
