import type { Mode, Override, OverrideScope } from '../policy/index.ts';
import type { Digest, Disposition, Layer } from '../record/index.ts';
import { anyGlob } from './glob.ts';
import { environmentOf } from './place.ts';
import { modeAt, type Schedule, weaker } from './rollout.ts';
import type { Judgement } from './types.ts';

export interface DisposeContext {
  /** What the layer does with a fail of this policy, once it is in force everywhere. */
  mode: Mode;
  /** Since when and how far it is in force; not given: it is. */
  schedule?: Schedule;
  layer: Layer;
  overrides: readonly Override[];
  /** Effective time in Unix milliseconds: the same clock at every layer. */
  now: number;
  /** The environment that the run states, where the subject states none. */
  environment?: string;
  /** The repository of what is judged, as host and path: `github.com/example/shop`. */
  repository?: string;
  file?: string;
  /** With an effective time that somebody chose nothing is done about anything: the disposition is none. */
  simulated?: boolean;
}

export interface Disposal {
  disposition: Disposition;
  override_id?: string;
  override_digest?: Digest;
}

const DONE: Readonly<Record<Mode, Disposition>> = {
  enforce: 'enforced',
  warn: 'warned',
  observe: 'observed',
};

/**
 * What is done about a judgement. The verdict stays as it is.
 * Pass and not_applicable: nothing. A fail: waived by an active override of this policy whose scope matches, else what
 * the mode says. An error or a not_evaluated is never waived, because nobody knows what would be waived.
 */
export function dispose(judgement: Judgement, context: DisposeContext): Disposal {
  if (context.simulated === true) return { disposition: 'none' };
  switch (judgement.verdict) {
    case 'pass':
    case 'not_applicable':
      return { disposition: 'none' };
    case 'fail': {
      const override = context.overrides.find(
        (each) => isActive(each, context.now) && covers(each, judgement, context),
      );
      return override === undefined
        ? { disposition: done(judgement, context) }
        : { disposition: 'waived', override_id: override.id, override_digest: override.digest };
    }
    case 'error':
    case 'not_evaluated':
      return { disposition: done(judgement, context) };
  }
}

/** What the mode says, as far as the roll-out has come and as the rule itself allows. */
function done(judgement: Judgement, { mode, schedule, now, ...place }: DisposeContext): Disposition {
  const reached = schedule === undefined ? mode : modeAt(mode, schedule, judgement, place, now);
  return DONE[weaker(reached, judgement.at_most)];
}

/** From its creation until its sunset, both included; gone one millisecond later. A date that cannot be read is never active. */
export function isActive(override: Override, now: number): boolean {
  return Date.parse(override.created) <= now && now <= Date.parse(override.sunset);
}

export interface Place {
  layer: Layer;
  environment?: string;
  repository?: string;
  file?: string;
}

/**
 * Whether an override is for this judgement: its policy, and every field that its scope gives. A field that is given
 * while the judgement has no such value does not match, and a scope without any field matches nothing.
 */
export function covers(override: Override, judgement: Judgement, place: Place): boolean {
  if (override.policy !== judgement.policy_id) return false;
  const { subject } = judgement;
  const values: Record<keyof OverrideScope, string | undefined> = {
    subjects: subject.id,
    types: subject.type,
    environments: environmentOf(subject, place),
    repositories: place.repository,
    layers: place.layer,
    files: place.file,
  };
  const given = (Object.keys(values) as (keyof OverrideScope)[]).filter(
    (key) => override.scope[key] !== undefined,
  );
  return given.length > 0 && given.every((key) => anyGlob(override.scope[key] ?? [], values[key]));
}
