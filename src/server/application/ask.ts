import type { Decision } from '../../engine/index.ts';
import { requireUnexpired } from '../../policy/index.ts';
import { isExhibitError, uuidv7 } from '../../record/index.ts';
import type { DecisionEvent } from '../../sources/index.ts';
import type { App } from '../app.ts';
import { decisionsOf } from '../opa/judged.ts';
import { documentOf } from '../opa/record.ts';
import type { KnownBundle } from '../opa/rules.ts';
import { unjudged } from './unjudged.ts';

/** What was asked, what the policies said of it, and the bundle that they are of. */
export interface Answered {
  event: DecisionEvent;
  /** At least one: where nothing applies, or nothing could be judged, one that says so. */
  decisions: Decision[];
}

/**
 * Asks the first bundle about one input. It never throws for what a policy or an input does, nor for a bundle that is missing or
 * expired: that is a decision as well, and never a pass.
 * @param rule slash path, as of `/v1/data/`
 * @param input a JSON value
 */
export async function ask(rule: string, input: unknown, app: App, requested_by?: string): Promise<Answered> {
  const time = app.clock();
  const bundle = app.rules.current();
  const event: DecisionEvent = {
    decision_id: uuidv7(time, app.random),
    labels: { version: app.version },
    path: rule,
    revisions: bundle === undefined ? [] : [bundle.revision],
    input,
    result: undefined,
    error: undefined,
    erased: [],
    masked: [],
    time,
    ...(requested_by === undefined ? {} : { requested_by }),
  };
  try {
    if (bundle === undefined) return { event, decisions: [unjudged(event, 'there is no verified bundle')] };
    requireUnexpired(bundle, time);
    event.result = await resultOf(rule, input, app);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (!isExhibitError(error)) app.log('error', 'rule not evaluated', { rule, message: why });
    return { event, decisions: [unjudged(event, why, 'error')] };
  }
  return { event, decisions: applying(event, bundle, app) };
}

async function resultOf(rule: string, input: unknown, app: App): Promise<unknown> {
  const place = app.rules.placeOf(rule.split('/'));
  if (place === undefined) throw new Error(`the bundle has no rule ${rule}`);
  const text = await app.rules.ask(place.rule, Buffer.from(JSON.stringify(input)));
  let at: unknown = text === undefined ? undefined : JSON.parse(text);
  for (const key of place.members)
    at =
      typeof at === 'object' && at !== null && Object.hasOwn(at, key)
        ? (at as Record<string, unknown>)[key]
        : undefined;
  return at;
}

/** The decisions of policies that are for this layer and have a subject here. */
function applying(event: DecisionEvent, bundle: KnownBundle, app: App): Decision[] {
  const elsewhere = elsewhereOf(bundle);
  const settings = { ...app.settings.decisions, disposition: 'enforced' as const };
  const decisions = decisionsOf(event, documentOf(event), bundle, settings).filter(
    ({ policy_id, empty }) => empty !== true && !elsewhere.has(policy_id),
  );
  return decisions.length > 0 ? decisions : [unjudged(event, 'no policy of the layer runtime applies')];
}

const others = new WeakMap<KnownBundle, ReadonlySet<string>>();

/** Policies of other layers. */
function elsewhereOf(bundle: KnownBundle): ReadonlySet<string> {
  const known = others.get(bundle);
  if (known !== undefined) return known;
  const ids = new Set(
    bundle.policies.flatMap(({ id, layers }) => (layers.runtime === undefined ? [id] : [])),
  );
  others.set(bundle, ids);
  return ids;
}

/** Why it is a no; empty where it is a yes. An error or a missing verdict is a no whatever the mode says. */
export function refusing(decisions: readonly Decision[]): Decision[] {
  return decisions.filter(
    ({ verdict, disposition }) =>
      verdict === 'error' ||
      verdict === 'not_evaluated' ||
      (verdict === 'fail' && disposition === 'enforced'),
  );
}
