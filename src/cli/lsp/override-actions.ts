import type { Diagnostic, Range, TextEdit } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { isMap, isScalar, parseDocument, type YAMLMap } from 'yaml';
import { isDay, overrideFileSchema, readInstant } from '../../policy/index.ts';
import { HINT, SOURCE } from './diagnostic-place.ts';

/** Something that can be written into the file of an override, and where it belongs. */
export interface OverrideAction {
  title: string;
  /** Where it is offered. */
  range: Range;
  edit: TextEdit;
}

/** Every field that an override must have, in the order of the schema. */
const REQUIRED = Object.entries(overrideFileSchema.shape)
  .filter(([, schema]) => !schema.safeParse(undefined).success)
  .map(([name]) => name);
const TIME_OF_DAY = { created: '00:00:00.000Z', sunset: '23:59:59.999Z' } as const;

/**
 * What can be written into the file of an override without knowing more than it says: the fields that are missing, empty, so that the
 * override does not apply until a person fills them in; and the instant that a bare day means.
 * @param today YYYY-MM-DD, UTC
 * @param signed an approver has signed the file's value: any change of it takes the approval away, so nothing is offered
 */
export function overrideActions(text: TextDocument, today: string, signed: boolean): OverrideAction[] {
  if (signed) return [];
  const document = parseDocument(text.getText(), { version: '1.2' });
  if (document.errors.length > 0) return [];
  const { contents } = document;
  const map = isMap(contents) && contents.flow !== true ? contents : undefined;
  if (map === undefined && !(contents === null || (isScalar(contents) && contents.value === null))) return [];
  const missing = missingFields(text, map, today);
  return [...(missing === undefined ? [] : [missing]), ...(map === undefined ? [] : bareDays(text, map))];
}

function missingFields(
  text: TextDocument,
  map: YAMLMap | undefined,
  today: string,
): OverrideAction | undefined {
  const missing = REQUIRED.filter((name) => map?.has(name) !== true);
  if (missing.length === 0) return undefined;
  const lines = missing.map((name) => {
    if (name === 'created') return `created: ${today}`;
    return name === 'scope' ? 'scope:\n  subjects: []' : `${name}: ""`;
  });
  const all = text.getText();
  const end = text.positionAt(all.length);
  const start = all === '' || all.endsWith('\n') ? '' : '\n';
  return {
    title: `Insert ${missing.length === 1 ? 'the missing field' : 'the missing fields'}: ${missing.join(', ')}`,
    range: { start: { line: 0, character: 0 }, end },
    edit: { range: { start: end, end }, newText: `${start}${lines.join('\n')}\n` },
  };
}

function bareDays(text: TextDocument, map: YAMLMap): OverrideAction[] {
  return (['created', 'sunset'] as const).flatMap((name) => {
    const node = map.get(name, true);
    if (!isScalar(node) || typeof node.value !== 'string' || node.range == null) return [];
    if (!/^\d{4}-\d{2}-\d{2}$/.test(node.value) || !isDay(node.value)) return [];
    if (node.anchor !== undefined || node.tag !== undefined) return [];
    const instant = readInstant(node.value, TIME_OF_DAY[name]);
    if (instant === undefined) return [];
    const range = { start: text.positionAt(node.range[0]), end: text.positionAt(node.range[1]) };
    return [
      {
        title: `Write ${name} as an instant: ${instant}`,
        range,
        edit: { range, newText: `"${instant}"` },
      },
    ];
  });
}

/** The policy that lint thinks was meant, in place of the one that is not there. */
export function meantPolicy(text: TextDocument, diagnostic: Diagnostic): OverrideAction | undefined {
  const [, wrong = '', near] =
    /there is no policy (\S+); did you mean ([a-z0-9-]+)\?/.exec(String(diagnostic.message)) ?? [];
  if (near === undefined || diagnostic.source !== SOURCE) return undefined;
  const { start } = diagnostic.range;
  const line = text.getText({ start, end: { line: start.line + 1, character: 0 } });
  const quote = /^["']/.test(line) ? 1 : 0;
  if (!line.startsWith(wrong, quote)) return undefined;
  const at = (character: number) => ({ line: start.line, character: start.character + quote + character });
  const range = { start: at(0), end: at(wrong.length) };
  return { title: `Write ${near}`, range: diagnostic.range, edit: { range, newText: near } };
}

/** A bare day is right, and easily read otherwise than it is: a hint says what it means. */
export function bareDayHints(text: TextDocument): Diagnostic[] {
  const document = parseDocument(text.getText(), { version: '1.2' });
  if (document.errors.length > 0 || !isMap(document.contents)) return [];
  return bareDays(text, document.contents).map(({ range, edit }) => ({
    range,
    severity: HINT,
    source: SOURCE,
    code: 'bare-day',
    message: `a bare day: it means ${edit.newText.replaceAll('"', '')}`,
  }));
}
