import type { DetailedError } from '@cedar-policy/cedar-wasm/nodejs';
import type { Location } from '../../../record/index.ts';
import { cedar } from './wasm.ts';

/** One `permit` or `forbid` of a policy file. */
export interface CedarStatement {
  /** Its text with its annotations, as it stands in the file. */
  text: string;
  /** Where it begins, in UTF-16 code units. */
  start: number;
  effect: 'permit' | 'forbid';
  annotations: Readonly<Record<string, string>>;
}

/**
 * The statements of a policy file in the order of the file: Cedar calls them policy0, policy1 and so on.
 * @returns or what is wrong in it, in Cedar's words
 */
export function statementsOf(
  text: string,
): { statements: CedarStatement[]; templates: string[] } | { errors: DetailedError[] } {
  const answer = cedar().policySetTextToParts(text);
  if (answer.type === 'failure') return { errors: answer.errors };
  // Cedar sorts them by id as text: policy0, policy1, policy10, policy2.
  const ids = answer.policies.map((_, i) => i).sort((a, b) => (String(a) < String(b) ? -1 : 1));
  const ordered: string[] = [];
  for (const [i, part] of answer.policies.entries()) ordered[ids[i] ?? 0] = part;
  let from = 0;
  const statements: CedarStatement[] = [];
  for (const part of ordered) {
    const start = Math.max(text.indexOf(part, from), from);
    from = start + part.length;
    const json = cedar().policyToJson(part);
    if (json.type === 'failure') return { errors: json.errors };
    const { effect, annotations = {} } = json.json;
    statements.push({ text: part, start, effect, annotations });
  }
  return { statements, templates: answer.policy_templates };
}

/** Line and column from 1 of a place in a text, the column in UTF-16 code units. */
export function placeIn(file: string, text: string, offset: number): Location {
  const before = text.slice(0, offset).split('\n');
  return { file, line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** Where an error of Cedar is. Cedar counts bytes of UTF-8. */
export function placeOf(file: string, text: string, error: DetailedError): Location {
  const bytes = error.sourceLocations?.[0]?.start;
  if (bytes === undefined) return { file, line: 1 };
  return placeIn(file, text, Buffer.from(text).subarray(0, bytes).toString('utf8').length);
}
