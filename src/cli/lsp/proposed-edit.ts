import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type InputDocument, type InputKind, type JsonPath, parseInput } from '../../inputs/index.ts';
import { editJson } from './edit-json.ts';
import { editYaml } from './edit-yaml.ts';
import { type Change, existing, withValue } from './json-value.ts';

/** What a rule may propose in the `edit` of a violation: one value at one path, written anew or in place of another. */
export const editSchema = z.strictObject({
  path: z
    .array(z.union([z.string(), z.int().min(0)]))
    .min(1)
    .max(64),
  value: z.json(),
});

/** A change that was tried: with it, the file holds what was proposed, and is the same in everything else. */
export interface ProposedEdit {
  /** The path, for a title. */
  path: JsonPath;
  value: unknown;
  change: Change;
}

/** Kinds of files that people write. A plan, an item of AWS Config or a request is made by a program, and HCL is left to its owner. */
const WRITTEN: ReadonlySet<InputKind> = new Set(['kubernetes', 'cloudformation', 'json', 'yaml']);

/**
 * The text of what a policy proposes, where it can be written safely: the file is read again with it, and every document must
 * be the same but for this value.
 * @param text the file as it is, from which `document` came
 * @param edit what the rule gave, of any form
 * @returns the change, or in words why nothing is offered
 */
export function proposeEdit(text: string, document: InputDocument, edit: unknown): ProposedEdit | string {
  const parsed = editSchema.safeParse(edit);
  if (!parsed.success) return `the edit has no known form: ${parsed.error.issues[0]?.message ?? ''}`;
  if (!WRITTEN.has(document.kind)) return `a file of kind ${document.kind} is not edited`;
  const { path, value } = parsed.data;
  const there = existing(document.value, path);
  const { line = 1, column = 1 } = document.locate(path.slice(0, there));
  const offset = offsetAt(text, line, column);
  const request = { text, offset, path, there, value };
  const change = /\.json$/i.test(document.file) ? editJson(request) : editYaml(request);
  if (change === undefined) return 'the place cannot be written without touching others';
  return holds(text, document, path, value, change)
    ? { path, value, change }
    : 'the change would touch more than the value';
}

/** The proof: what is read after the change is what was read before it, with the one value set. */
function holds(
  text: string,
  document: InputDocument,
  path: JsonPath,
  value: unknown,
  change: Change,
): boolean {
  const read = (content: string) => parseInput(document.file, Buffer.from(content, 'utf8'));
  const before = read(text);
  const after = read(applyChange(text, change));
  if (after.problems.length > before.problems.length) return false;
  if (after.documents.length !== before.documents.length) return false;
  return before.documents.every((old, index) => {
    const expected = index === document.index ? withValue(old.value, path, value) : old.value;
    return isDeepStrictEqual(after.documents[index]?.value, expected);
  });
}

export function applyChange(text: string, { start, end, text: by }: Change): string {
  return text.slice(0, start) + by + text.slice(end);
}

/** Offset of a line and column, both from 1. Lines end as in the readers: at LF, CR LF or a lone CR. */
export function offsetAt(text: string, line: number, column: number): number {
  let start = 0;
  for (let at = 1; at < line; at += 1) {
    const end = /\r\n?|\n/g;
    end.lastIndex = start;
    if (end.exec(text) === null) return text.length;
    start = end.lastIndex;
  }
  return Math.min(start + column - 1, text.length);
}
