import { notWithin, requestWithin } from '../../../audit/index.ts';
import { QUERIES, type QueryRequest, type QueryTemplate } from '../../../lake/index.ts';
import { requestInvalid } from '../../http/reply.ts';
import type { Model } from '../beside/messages.ts';
import { outside, type Visit } from '../visit.ts';

/** Name of the page for a text of one's own, where a saved question would have its own. */
export const SQL = 'sql';

/** Longest text, bytes: what is longer could not be saved. Values of `?` and their length. */
const MOST_TEXT = 32_768;
const MOST_VALUES = 64;
const MOST_VALUE = 1_000;

type Found = Pick<Visit, 'engagement'> & { model: Pick<Model, 'controls'> };

/** A saved question that may be asked in an engagement. @param name attacker-controlled @throws ExhibitError NOT_FOUND */
export function templateOf(name: string): QueryTemplate {
  const template = QUERIES.find((each) => each.name === name);
  if (template === undefined || notWithin(template) !== undefined) throw outside();
  return template;
}

/** Whether a template, or SQL, asks for a control, and whether it may be left out. */
export function takesControl(template: QueryTemplate | undefined): 'must' | 'may' | 'no' {
  if (template === undefined) return 'may';
  return template.parameters.some(({ name }) => name === 'control') ? 'must' : 'no';
}

/**
 * The question that a form asks. Framework and period are those of the engagement, whatever the form says: a field that would name another
 * one is refused, like a control or a day that lies outside.
 * @param name a saved question, or `sql`; attacker-controlled, as the form is
 * @throws ExhibitError NOT_FOUND for what lies outside, REQUEST_INVALID for what is wrong
 */
export function requestOf(found: Found, name: string, form: Readonly<Record<string, string>>): QueryRequest {
  const template = name === SQL ? undefined : templateOf(name);
  const takes = takesControl(template);
  const known = new Set(['csrf', 'from', 'to', ...(takes === 'no' ? [] : ['control'])]);
  if (template === undefined) for (const field of ['sql', 'values']) known.add(field);
  if (Object.keys(form).some((field) => !known.has(field))) throw outside();
  const { scope } = found.engagement;
  const from = dayOf(form.from, scope.from, scope);
  const to = dayOf(form.to, scope.to, scope);
  if (from > to) throw requestInvalid('the period ends before it begins');
  const control = form.control ?? '';
  if (control === '' && takes === 'must') throw requestInvalid('choose a control');
  if (control !== '' && !found.model.controls.some(({ id }) => id === control)) throw outside();
  const about = { from, to, ...(control === '' ? {} : { control }) };
  if (template !== undefined) return requestWithin(scope, { name: template.name, ...about });
  const sql = (form.sql ?? '').replaceAll('\r\n', '\n').trim();
  if (sql === '' || Buffer.byteLength(sql) > MOST_TEXT)
    throw requestInvalid(`a question has 1 to ${MOST_TEXT} bytes`);
  return requestWithin(scope, { sql, parameters: valuesOf(form.values), ...about });
}

function dayOf(
  given: string | undefined,
  standard: string,
  { from, to }: { from: string; to: string },
): string {
  if (given === undefined || given === '') return standard;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(given) || Number.isNaN(Date.parse(`${given}T00:00:00Z`)))
    throw requestInvalid('a day is written YYYY-MM-DD');
  if (given < from || given > to) throw outside();
  return given;
}

/** One value of `?` a line, in their order. They are bound, never put into the text. */
function valuesOf(given: string | undefined): string[] {
  const lines = (given ?? '').replaceAll('\r\n', '\n').replace(/\n$/, '').split('\n');
  const values = lines.length === 1 && lines[0] === '' ? [] : lines;
  if (values.length > MOST_VALUES || values.some(({ length }) => length > MOST_VALUE))
    throw requestInvalid(`values are ${MOST_VALUES} lines of ${MOST_VALUE} characters at most`);
  return values;
}
