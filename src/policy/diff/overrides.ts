import { canonicalize } from '../../record/index.ts';
import type { Override } from '../types.ts';
import { type Change, change, type Effect } from './types.ts';

/** Overrides that come, go or say something else. One more is weaker: something is waived that was not. */
export function compareOverrides(before: readonly Override[], after: readonly Override[]): Change[] {
  const of = (all: readonly Override[]) => new Map(all.map((one) => [one.id, one]));
  const [old, now] = [of(before), of(after)];
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((id) => {
    const [a, b] = [old.get(id), now.get(id)];
    if (a === undefined && b !== undefined)
      return [
        change('override', id, 'added', 'weaker', `waives ${b.policy} until ${b.sunset}, owner ${b.owner}`),
      ];
    if (b === undefined && a !== undefined)
      return [change('override', id, 'removed', 'stronger', `waived ${a.policy} until ${a.sunset}`)];
    if (a === undefined || b === undefined) return [];
    return [...(a.digest === b.digest ? [] : fields(a, b)), ...proofs(a, b)];
  });
}

/** What stands behind it, besides its text. */
function proofs(a: Override, b: Override): Change[] {
  const out: Change[] = [];
  const say = (effect: Effect, words: string) => out.push(change('override', a.id, 'changed', effect, words));
  const [from, to] = [a.approval?.by, b.approval?.by];
  if (from !== to) {
    const effect = to === undefined ? 'weaker' : from === undefined ? 'stronger' : 'unknown';
    say(effect, `approved by: ${from ?? 'its text alone'} to ${to ?? 'its text alone'}`);
  }
  if (isChecked(a) !== isChecked(b))
    say(isChecked(b) ? 'stronger' : 'weaker', `ticket: ${isChecked(b) ? 'checked' : 'not checked any more'}`);
  return out;
}

const isChecked = ({ ticket_check: check }: Override): boolean =>
  check?.state === 'open' && check.owner === 'matches';

function fields(a: Override, b: Override): Change[] {
  const out: Change[] = [];
  const say = (effect: Effect, words: string) => out.push(change('override', a.id, 'changed', effect, words));
  if (a.policy !== b.policy) say('unknown', `waives ${b.policy}, not ${a.policy}`);
  if (a.sunset !== b.sunset)
    say(a.sunset < b.sunset ? 'weaker' : 'stronger', `sunset: ${a.sunset} to ${b.sunset}`);
  if (a.created !== b.created)
    say(b.created < a.created ? 'weaker' : 'neutral', `created: ${a.created} to ${b.created}`);
  const [from, to] = [canonicalize(a.scope), canonicalize(b.scope)];
  if (from !== to) say('unknown', `scope: ${from} to ${to}`);
  for (const key of ['owner', 'approver', 'ticket'] as const)
    if (a[key] !== b[key]) say('neutral', `${key}: ${a[key]} to ${b[key]}`);
  if (a.reason !== b.reason) say('neutral', 'reason: another text');
  if (a.compensating_control !== b.compensating_control)
    say(b.compensating_control === undefined ? 'weaker' : 'neutral', 'compensating control: another text');
  return out;
}
