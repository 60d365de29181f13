import type { Problem } from '../../types.ts';
import { parseYaml } from '../../yaml-file.ts';
import type { Statement } from '../stack.ts';
import { type CedarStatement, placeIn } from './statements.ts';

/** Fields that are lists or maps: their annotation holds YAML. */
const YAML_FIELDS = ['controls', 'layers', 'inputs', 'redact'] as const;

/**
 * The metadata of a policy set: the annotations of the statement that has a `@title`.
 * @returns no statement where none has one; the problems name what the annotations cannot hold
 */
export function metadataOf(
  file: string,
  text: string,
  statements: readonly CedarStatement[],
): { statement?: Statement; schema?: string; problems: Problem[] } {
  const titled = statements.filter(({ annotations }) => annotations.title !== undefined);
  const [first, second] = titled;
  if (first === undefined) return { problems: [] };
  const problems: Problem[] = [];
  const wrong = (message: string, location: Problem['location']): void => {
    problems.push({ severity: 'error', rule: 'metadata', message, location });
  };
  if (second !== undefined)
    wrong(
      'a second statement has a @title: one statement of a policy set carries its metadata',
      placeIn(file, text, second.start),
    );
  const { schema, ...stated } = first.annotations;
  const value: Record<string, unknown> = { inputs: '[cedar-request]', ...stated };
  const at = new Map<string, number>();
  for (const field of Object.keys(value)) at.set(field, offsetOf(first, field));
  for (const field of YAML_FIELDS) {
    const written = value[field];
    if (typeof written !== 'string') continue;
    const yaml = parseYaml(new Map([[file, Buffer.from(written)]]), file);
    const offset = at.get(field) ?? first.start;
    for (const { message } of yaml.problems) wrong(`@${field}: ${message}`, placeIn(file, text, offset));
    value[field] = yaml.value;
  }
  const locate = (path: readonly PropertyKey[]) =>
    placeIn(file, text, at.get(String(path[0])) ?? first.start);
  return { statement: { value, locate }, ...(schema === undefined ? {} : { schema }), problems };
}

/** Where the annotation of a field begins in the file; where the statement does, for one that is not there. */
function offsetOf({ text, start }: CedarStatement, field: string): number {
  const found = new RegExp(`(?<![\\w"])@\\s*${field}\\s*\\(`).exec(text);
  return start + (found?.index ?? 0);
}
