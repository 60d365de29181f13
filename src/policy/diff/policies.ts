import { canonicalize, LAYERS, SEVERITIES } from '../../record/index.ts';
import { durationSeconds } from '../duration.ts';
import { INPUT_KINDS, MODES, STRENGTHS } from '../schema.ts';
import { isRegoPolicy } from '../styles.ts';
import type { ControlLink, Policy, RolloutStage } from '../types.ts';
import { byNumber, byRank, type Change, change, type Effect } from './types.ts';

const WEAK_TO_STRONG = {
  modes: MODES.toReversed(),
  severities: SEVERITIES.toReversed(),
  strengths: STRENGTHS.toReversed(),
};

/** Policies that are new, gone or say something else of themselves. The text of the rules is compared apart. */
export function comparePolicies(before: readonly Policy[], after: readonly Policy[]): Change[] {
  const [old, now] = [byId(before), byId(after)];
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((id) => {
    const [a, b] = [old.get(id), now.get(id)];
    if (a === undefined && b !== undefined)
      return [change('policy', id, 'added', 'stronger', `${b.severity}: ${b.title}`)];
    if (b === undefined && a !== undefined)
      return [change('policy', id, 'removed', 'weaker', `was ${a.severity}: ${a.title}`)];
    return a === undefined || b === undefined ? [] : fields(a, b);
  });
}

const byId = (policies: readonly Policy[]) => new Map(policies.map((policy) => [policy.id, policy]));

function fields(a: Policy, b: Policy): Change[] {
  const out: Change[] = [];
  const say = (effect: Effect, words: string) => out.push(change('policy', a.id, 'changed', effect, words));
  if (a.severity !== b.severity)
    say(
      byRank(WEAK_TO_STRONG.severities, a.severity, b.severity),
      `severity: ${a.severity} to ${b.severity}`,
    );
  for (const layer of LAYERS) {
    const [from, to] = [a.layers[layer], b.layers[layer]];
    if (from === to) continue;
    if (to === undefined) say('weaker', `${layer}: ${from} to nothing, it is not judged there any more`);
    else if (from === undefined) say('stronger', `${layer}: nothing to ${to}`);
    else say(byRank(WEAK_TO_STRONG.modes, from, to), `${layer}: ${from} to ${to}`);
  }
  for (const { effect, words } of links(a.controls, b.controls)) say(effect, words);
  for (const key of ['owner', 'title', 'description', 'remediation'] as const)
    if (a[key] !== b[key]) {
      const [from, to] = [a[key], b[key]].map((text) => text.replace(/\s+/g, ' ').trim());
      say(
        'neutral',
        key === 'owner' || key === 'title' ? `${key}: ${from} to ${to}` : `${key}: “${from}” to “${to}”`,
      );
    }
  if (a.since !== b.since) say(a.since < b.since ? 'weaker' : 'stronger', `since: ${a.since} to ${b.since}`);
  if (canonical(a.rollout) !== canonical(b.rollout)) say('unknown', `roll-out: ${stages(a)} to ${stages(b)}`);
  if (a.cadence !== b.cadence) say(cadence(a.cadence, b.cadence), `cadence: ${a.cadence} to ${b.cadence}`);
  if (a.style !== b.style) say('unknown', `style: ${a.style} to ${b.style}`);
  lists('inputs', kinds(a), kinds(b), say);
  lists('redacted paths', a.redact, b.redact, say);
  if (canonical(parameters(a)) !== canonical(parameters(b))) say('unknown', 'parameters: other values');
  return out;
}

/** Links of one policy or check: by control and first day. */
export function links(
  before: readonly ControlLink[],
  after: readonly ControlLink[],
): { effect: Effect; words: string }[] {
  const key = ({ control, from }: ControlLink) => `${control}\0${from ?? ''}`;
  const [old, now] = [before, after].map((all) => new Map(all.map((link) => [key(link), link])));
  if (old === undefined || now === undefined) return [];
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((one) => {
    const [a, b] = [old.get(one), now.get(one)];
    if (a === undefined && b !== undefined)
      return [{ effect: 'stronger' as const, words: `supports ${b.control} (${b.strength})${days(b)}` }];
    if (b === undefined && a !== undefined)
      return [
        { effect: 'weaker' as const, words: `does not support ${a.control} any more (was ${a.strength})` },
      ];
    return a === undefined || b === undefined ? [] : linkFields(a, b);
  });
}

function linkFields(a: ControlLink, b: ControlLink): { effect: Effect; words: string }[] {
  const out: { effect: Effect; words: string }[] = [];
  if (a.strength !== b.strength)
    out.push({
      effect: byRank(WEAK_TO_STRONG.strengths, a.strength, b.strength),
      words: `${a.control}: ${a.strength} to ${b.strength}`,
    });
  if (a.until !== b.until) {
    const [from, to] = [a.until ?? '9999-12-31', b.until ?? '9999-12-31'];
    out.push({
      effect: to < from ? 'weaker' : 'stronger',
      words: `${a.control}: until ${a.until ?? 'no end'} to ${b.until ?? 'no end'}`,
    });
  }
  if (a.rationale !== b.rationale) out.push({ effect: 'neutral', words: `${a.control}: another rationale` });
  return out;
}

const days = ({ from, until }: ControlLink) =>
  `${from === undefined ? '' : ` from ${from}`}${until === undefined ? '' : ` until ${until}`}`;

/** `from 2026-12-01 warn, from 2027-01-01 enforce (environments staging)` */
function stages({ rollout }: Policy): string {
  if (rollout === undefined) return 'everywhere at once';
  const where = (scope: RolloutStage['scope']) =>
    scope === undefined
      ? ''
      : ` (${Object.entries(scope)
          .map(([key, values]) => `${key} ${values.join(' ')}`)
          .join(', ')})`;
  return rollout.map(({ from, mode, scope }) => `from ${from} ${mode}${where(scope)}`).join(', ');
}

/** Every change is judged at least as often as every day. */
function cadence(before: string, after: string): Effect {
  const [a, b] = [durationSeconds(before), durationSeconds(after)];
  return a === undefined || b === undefined ? 'unknown' : byNumber(-a, -b);
}

function lists(
  what: string,
  before: readonly string[],
  after: readonly string[],
  say: (effect: Effect, words: string) => void,
): void {
  const gone = before.filter((one) => !after.includes(one));
  const come = after.filter((one) => !before.includes(one));
  if (gone.length > 0) say('weaker', `${what}: without ${gone.join(', ')}`);
  if (come.length > 0) say('stronger', `${what}: also ${come.join(', ')}`);
}

/** No kind named means every kind. */
const kinds = ({ inputs }: Policy): readonly string[] => (inputs.length === 0 ? INPUT_KINDS : inputs);
const parameters = (policy: Policy) => (isRegoPolicy(policy) ? policy.parameters : undefined);
const canonical = (value: unknown) => canonicalize(value ?? null);
