import type { Mode, PolicyFields, RolloutStage } from '../policy/index.ts';
import type { Layer } from '../record/index.ts';
import { anyGlob } from './glob.ts';
import { environmentOf } from './place.ts';
import type { Judgement } from './types.ts';

/** When a policy begins to count, and how far at which place. */
export type Schedule = Pick<PolicyFields, 'since' | 'rollout'>;

const STRENGTH: Readonly<Record<Mode, number>> = { observe: 0, warn: 1, enforce: 2 };

/**
 * What a layer does with a fail of a policy at an instant. Before the day since when it is in force it is observed. With a
 * roll-out, the stage that began last and whose scope matches decides; before any does, it is observed. A judgement of the whole
 * policy, such as that it could not be judged, speaks of each of its rules: the strongest of theirs decides. No stage makes a policy
 * stronger than its layer says.
 * @param stated the mode of the layer
 * @param now effective time in Unix milliseconds; days begin at midnight UTC
 */
export function modeAt(
  stated: Mode,
  { since, rollout }: Schedule,
  judgement: Pick<Judgement, 'subject' | 'policy_id' | 'rule_id'>,
  place: { layer: Layer; environment?: string },
  now: number,
): Mode {
  if (!(now >= beginOf(since))) return 'observe';
  if (rollout === undefined) return stated;
  const { subject } = judgement;
  const environment = environmentOf(subject, place);
  const begun = rollout.filter(
    (stage) => now >= beginOf(stage.from) && matches(stage, subject.id, environment, place.layer),
  );
  const modes = rulesOf(judgement, rollout).map((rule) => lastOf(begun, rule)?.mode ?? 'observe');
  return weaker(
    stated,
    modes.reduce((most, mode) => (STRENGTH[mode] > STRENGTH[most] ? mode : most)),
  );
}

/** The rule's name within its policy; of a judgement of the whole policy every name that a stage gives, and that of no stage. */
function rulesOf(
  { policy_id, rule_id }: Pick<Judgement, 'policy_id' | 'rule_id'>,
  rollout: readonly RolloutStage[],
): [string | undefined, ...(string | undefined)[]] {
  if (rule_id !== policy_id) return [rule_id.slice(policy_id.length + 1)];
  return [undefined, ...rollout.flatMap(({ scope }) => scope?.rules ?? [])];
}

/** Of two that began on one day the later in the list. */
const lastOf = (begun: readonly RolloutStage[], rule: string | undefined) =>
  begun
    .filter(({ scope }) => scope?.rules === undefined || (rule !== undefined && scope.rules.includes(rule)))
    .reduce<RolloutStage | undefined>(
      (best, stage) => (best === undefined || stage.from >= best.from ? stage : best),
      undefined,
    );

export function weaker(mode: Mode, most: Mode | undefined): Mode {
  return most !== undefined && STRENGTH[most] < STRENGTH[mode] ? most : mode;
}

/** A day that cannot be read never begins. */
function beginOf(day: string): number {
  return Date.parse(`${day}T00:00:00.000Z`);
}

function matches(
  { scope }: RolloutStage,
  subject: string,
  environment: string | undefined,
  layer: Layer,
): boolean {
  if (scope === undefined) return true;
  return (
    (scope.layers === undefined || scope.layers.includes(layer)) &&
    (scope.subjects === undefined || anyGlob(scope.subjects, subject)) &&
    (scope.environments === undefined || anyGlob(scope.environments, environment))
  );
}
