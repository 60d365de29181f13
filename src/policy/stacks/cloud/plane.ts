import type { z } from 'zod';
import type { Layer } from '../../../record/index.ts';
import type { Mode, Problem, StackPolicy } from '../../types.ts';
import { conform, type YamlFile } from '../../yaml-file.ts';

/** A problem of one file at a place in it. */
export function problemAt(
  { locate }: YamlFile,
  path: readonly PropertyKey[],
  rule: string,
  message: string,
  hint?: string,
): Problem {
  return {
    severity: 'error',
    rule,
    message,
    location: locate(path),
    ...(hint === undefined ? {} : { hint }),
  };
}

/** The file by its schema, and then what only the whole of it shows. */
export function checked<T>(
  file: YamlFile,
  schema: z.ZodType<T>,
  rule: string,
  more: (value: T) => Problem[],
): Problem[] {
  const { value, problems } = conform(file, schema, rule);
  return value === undefined ? problems : more(value);
}

/**
 * Whether a guardrail claims only what its control plane does: it stands in the cloud, so its only layer is runtime, and what
 * is presented to us is not what it judges.
 * @param modes what the control plane can do about a violation
 */
export function planeProblems(
  policy: StackPolicy,
  plane: string,
  modes: Readonly<Partial<Record<Mode, true>>>,
  why: string,
): Problem[] {
  const { file, id, layers, inputs } = policy;
  const out: Problem[] = [];
  const say = (rule: string, message: string, hint: string): void => {
    out.push({ severity: 'error', rule, message, location: { file, line: 1 }, hint });
  };
  for (const layer of Object.keys(layers) as Layer[]) {
    if (layer !== 'runtime')
      say(
        'layer',
        `${id} claims the layer ${layer}, where ${plane} does not judge`,
        'Its only layer is runtime.',
      );
  }
  const mode = layers.runtime;
  if (mode !== undefined && modes[mode] === undefined)
    say(
      'mode',
      `${id} says ${mode}, which ${plane} cannot do: ${why}`,
      `Write ${Object.keys(modes).join(' or ')}.`,
    );
  if (inputs.length > 0)
    say('inputs', `${id} names inputs, which ${plane} is not given by us`, 'Leave inputs out.');
  return out;
}
