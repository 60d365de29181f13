import { canonicalize, type Layer } from '../record/index.ts';
import { MODES } from './schema.ts';
import { isControlPlanePolicy } from './styles.ts';
import type { Mode, Policy, Problem, RolloutStage } from './types.ts';

const rank = (mode: Mode) => MODES.length - MODES.indexOf(mode);

/**
 * Stages of a roll-out that contradict each other, the layers, the rules, or the day since when the policy is in force.
 * @param rules names of its rules that give a verdict each, where the policy has several
 */
export function lintRollout(policy: Policy, rules: readonly string[]): Problem[] {
  const { id, rollout, since } = policy;
  if (rollout === undefined) return [];
  const out: Problem[] = [];
  const say = (severity: Problem['severity'], message: string, hint: string) =>
    out.push({
      severity,
      rule: 'rollout',
      message: `${id}: ${message}`,
      location: { file: policy.file, line: 1 },
      hint,
    });
  if (blocksByItself(policy)) {
    say(
      'error',
      `its roll-out has no effect: what blocks is its own engine (${policy.style}), which knows no day`,
      'Take it out, and change the mode in the file and in layers when the day comes.',
    );
    return out;
  }
  for (const [i, stage] of rollout.entries()) {
    const named = `the stage from ${stage.from} (${stage.mode})`;
    const unknown = (stage.scope?.layers ?? []).filter((layer) => policy.layers[layer] === undefined);
    if (unknown.length > 0)
      say(
        'error',
        `${named} is for ${unknown.join(', ')}, where the policy is not judged`,
        'Add the layer to layers, or take it out of the scope.',
      );
    const foreign = (stage.scope?.rules ?? []).filter((rule) => !rules.includes(rule));
    if (foreign.length > 0)
      say(
        'error',
        `${named} is for ${foreign.join(', ')}, which is no rule of its own verdict`,
        rules.length === 0
          ? 'The policy gives one verdict: take rules out of the scope.'
          : `Its rules are ${rules.join(', ')}.`,
      );
    const most = strongest(policy, stage);
    if (most !== undefined && rank(stage.mode) > rank(most))
      say(
        'error',
        `${named} is stronger than its layers, which say ${most}`,
        'A stage weakens what layers says: raise the mode there.',
      );
    if (stage.from < since && stage.mode !== 'observe')
      say(
        'error',
        `${named} begins before the policy is in force (since ${since}), so until then it is observed`,
        'Move since or the stage.',
      );
    const before = rollout[i - 1];
    if (before !== undefined && stage.from < before.from)
      say('error', `${named} stands behind one that begins later`, 'List the stages by their day.');
    const earlier = rollout.slice(0, i).filter((other) => sameScope(other, stage));
    if (earlier.some(({ from }) => from === stage.from))
      say('error', `${named} has the day and the scope of another one`, 'Keep one of them.');
    else if (earlier.some(({ mode }) => rank(mode) > rank(stage.mode)))
      say(
        'warning',
        `${named} is weaker than an earlier one of the same scope`,
        'A policy that is taken back is another change: write why into its description.',
      );
  }
  const never = unreached(policy, rollout);
  if (never.length > 0) {
    const all = never.length === Object.values(policy.layers).filter((mode) => mode === 'enforce').length;
    say(
      'warning',
      `no stage ever enforces${all ? '' : ` at ${never.join(', ')}`}, though its layers say enforce`,
      all
        ? 'Add the stage from which it enforces.'
        : 'Where no stage matches, a policy is only observed: add the stage from which it enforces there.',
    );
  }
  return out;
}

/** True where an engine that is not ours, and that asks nobody, does what the file says. */
const blocksByItself = (policy: Policy): boolean =>
  isControlPlanePolicy(policy) || policy.style === 'kyverno' || policy.style === 'admission-policy';

/** Layers that enforce, for which no stage does. */
function unreached({ layers }: Policy, rollout: readonly RolloutStage[]): Layer[] {
  const enforcing = rollout.filter(({ mode }) => mode === 'enforce');
  return (Object.keys(layers) as Layer[]).filter(
    (layer) =>
      layers[layer] === 'enforce' && !enforcing.some(({ scope }) => scope?.layers?.includes(layer) ?? true),
  );
}

function strongest({ layers }: Policy, { scope }: RolloutStage): Mode | undefined {
  const of = scope?.layers ?? (Object.keys(layers) as Layer[]);
  const modes = of.flatMap((layer) => layers[layer] ?? []);
  return modes.sort((a, b) => rank(b) - rank(a))[0];
}

const sameScope = (a: RolloutStage, b: RolloutStage) =>
  canonicalize(a.scope ?? null) === canonicalize(b.scope ?? null);
