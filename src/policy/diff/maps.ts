import { controlLinks } from '../control-map.ts';
import type { Framework, FrameworkControl } from '../types.ts';
import { links } from './policies.ts';
import { type Change, change, type Effect, type Side } from './types.ts';

/** Links of other tools' checks. Those of the repository's own policies are told with the policies. */
export function compareMaps(before: Side, after: Side): Change[] {
  const own = new Set([...before.policies, ...after.policies].map(({ id }) => id));
  const of = (side: Side) =>
    Map.groupBy(
      controlLinks(side.control_map).filter(({ policy_id }) => !own.has(policy_id)),
      ({ policy_id }) => policy_id,
    );
  const [old, now] = [of(before), of(after)];
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((id) => {
    const kind = !old.has(id) ? 'added' : now.has(id) ? 'changed' : 'removed';
    return links(old.get(id) ?? [], now.get(id) ?? []).map(({ effect, words }) =>
      change('control-map', id, kind, effect, words),
    );
  });
}

export function compareFrameworks(before: readonly Framework[], after: readonly Framework[]): Change[] {
  const of = (all: readonly Framework[]) => new Map(all.map((one) => [one.id, one]));
  const [old, now] = [of(before), of(after)];
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((id) => {
    const [a, b] = [old.get(id), now.get(id)];
    if (a === undefined && b !== undefined)
      return [change('framework', id, 'added', 'stronger', `${b.title}, ${b.controls.length} controls`)];
    if (b === undefined && a !== undefined)
      return [change('framework', id, 'removed', 'weaker', `was ${a.title}, ${a.controls.length} controls`)];
    return a === undefined || b === undefined ? [] : controls(a, b);
  });
}

function controls(before: Framework, after: Framework): Change[] {
  const out: Change[] = [];
  const say = (effect: Effect, words: string) =>
    out.push(change('framework', before.id, 'changed', effect, words));
  if (before.version !== after.version) say('neutral', `version: ${before.version} to ${after.version}`);
  if (before.title !== after.title) say('neutral', `title: ${before.title} to ${after.title}`);
  const of = (one: Framework) => new Map(one.controls.map((control) => [control.id, control]));
  const [old, now] = [of(before), of(after)];
  for (const id of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    const [a, b] = [old.get(id), now.get(id)];
    if (a === undefined && b !== undefined) say('neutral', `${id}: new control, ${b.title}`);
    else if (b === undefined && a !== undefined) say('weaker', `${id}: not a control any more (${a.title})`);
    else if (a !== undefined && b !== undefined) wording(id, a, b, say);
  }
  return out;
}

function wording(
  id: string,
  a: FrameworkControl,
  b: FrameworkControl,
  say: (effect: Effect, words: string) => void,
): void {
  if (a.coverage !== b.coverage) {
    const effect =
      a.coverage === 'automated' ? 'weaker' : b.coverage === 'automated' ? 'stronger' : 'neutral';
    say(effect, `${id}: ${a.coverage} to ${b.coverage}`);
  }
  if (a.title !== b.title || a.summary !== b.summary) say('neutral', `${id}: another wording`);
}
