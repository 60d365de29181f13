import type { Layer } from '../../../record/index.ts';
import type { Files, Problem, StackPolicy } from '../../types.ts';
import { TESTS_FILE, textOf } from './set.ts';
import { statementsOf } from './statements.ts';
import { readTests } from './tests.ts';
import { cedar } from './wasm.ts';

/** Where requests are presented. An admission request and the store's own records are no requests to Cedar. */
const LAYERS: readonly Layer[] = ['pre-commit', 'ci', 'runtime'];

/** What is missing in a policy set, or claims more than Cedar does here. */
export function lintCedar(policy: StackPolicy, files: Files): Problem[] {
  const { file, id } = policy;
  const text = textOf(files, file);
  const read = statementsOf(text);
  if ('errors' in read) return [];
  const out: Problem[] = [];
  const say = (severity: Problem['severity'], rule: string, message: string, hint: string): void => {
    out.push({ severity, rule, message, location: { file, line: 1 }, hint });
  };
  const tests = `${file.slice(0, file.lastIndexOf('/') + 1)}${TESTS_FILE}`;
  if (files.has(tests)) out.push(...readTests(files, tests).problems);
  else
    say(
      'error',
      'no-test',
      `${id} has no test`,
      `Write ${tests}: requests with the decision that is expected.`,
    );
  if (policy.inputs.length !== 1 || policy.inputs[0] !== 'cedar-request')
    say(
      'error',
      'inputs',
      `${id} is said to judge ${policy.inputs.join(', ') || 'everything'}`,
      'Cedar judges cedar-request; leave @inputs out.',
    );
  for (const layer of Object.keys(policy.layers) as Layer[]) {
    if (!LAYERS.includes(layer))
      say(
        'error',
        'layer',
        `${id} claims the layer ${layer}, where no request is put to Cedar`,
        `Its layers are ${LAYERS.join(', ')}.`,
      );
  }
  if (!read.statements.some(({ effect }) => effect === 'permit'))
    say(
      'warning',
      'no-permit',
      `${id} permits nothing, so every request fails`,
      'Cedar denies what no statement permits: add a permit to the set.',
    );
  const formatted = cedar().formatPolicies({ policyText: text, lineWidth: 80, indentWidth: 2 });
  if (formatted.type === 'success' && formatted.formatted_policy.trimEnd() !== text.trimEnd())
    say(
      'warning',
      'format',
      'the policies are not formatted',
      'Run `cedar format --write` with a width of 80.',
    );
  return out;
}
