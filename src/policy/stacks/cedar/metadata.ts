import type { Problem } from '../../types.ts';
import { parseYaml } from '../../yaml-file.ts';
import type { Statement } from '../stack.ts';
import { type CedarStatement, placeIn } from './statements.ts';

/** Fields that are lists or maps: their annotation holds YAML. */
const YAML_FIELDS = ['controls', 'layers', 'inputs', 'redact'] as const;

/** `@control1`, `@control2` and so on: one link each, since an annotation may stand only once. */
const CONTROL = /^control[0-9]*$/;
/** What such an annotation holds. */
const LINK = /^(?<control>\S+)\s+(?<strength>[a-z]+):\s+(?<rationale>\S[\s\S]*)$/;

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
  const { schema, ...annotations } = first.annotations;
  const linked = Object.keys(annotations)
    .filter((key) => CONTROL.test(key))
    .map((key) => ({ key, offset: offsetOf(first, key), text: annotations[key] ?? '' }))
    .sort((a, b) => a.offset - b.offset);
  const stated = Object.entries(annotations).filter(([key]) => !CONTROL.test(key));
  const value: Record<string, unknown> = { inputs: '[cedar-request]', ...Object.fromEntries(stated) };
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
  for (const { key, offset, text: written } of linked) {
    if (!LINK.test(written))
      wrong(
        `@${key}: expected a control, a strength and why, such as "soc2/cc6.1 partial: ..."`,
        placeIn(file, text, offset),
      );
  }
  // Links in YAML come first, those of @control1 and so on after them.
  const inYaml = Array.isArray(value.controls) ? value.controls.length : 0;
  if (linked.length > 0 && (value.controls === undefined || Array.isArray(value.controls)))
    value.controls = [
      ...((value.controls as unknown[] | undefined) ?? []),
      ...linked.map((one) => linkOf(one.text)),
    ];
  const locate = ([field, index]: readonly PropertyKey[]) => {
    const own =
      field === 'controls' && typeof index === 'number' ? linked[index - inYaml]?.offset : undefined;
    return placeIn(file, text, own ?? at.get(String(field)) ?? first.start);
  };
  return { statement: { value, locate }, ...(schema === undefined ? {} : { schema }), problems };
}

/** `soc2/cc6.1 partial: why` as a link; as it is where it has another form, which the schema then refuses at its place. */
function linkOf(written: string): unknown {
  const { control, strength, rationale } = LINK.exec(written)?.groups ?? {};
  return control === undefined ? written : { control, strength, rationale };
}

/** Where the annotation of a field begins in the file; where the statement does, for one that is not there. */
function offsetOf({ text, start }: CedarStatement, field: string): number {
  const found = new RegExp(`(?<![\\w"])@\\s*${field}\\s*\\(`).exec(text);
  return start + (found?.index ?? 0);
}
