import { ExhibitError } from '../../record/index.ts';
import { dayMilliseconds } from '../days.ts';
import { literal } from '../duckdb.ts';
import { type ControlName, checkName } from '../keys.ts';
import { findQuery, queryText } from '../queries/index.ts';
import type { Period } from '../types.ts';
import { onlyOwn } from './own.ts';
import { tokenize } from './tokens.ts';
import type { QueryAnswer, QueryRequest } from './types.ts';

/** A question, ready to run. */
export interface Question {
  name: string;
  text: string;
  parameters: Record<string, string>;
  /** In the order of `?`. */
  values: string[];
  /** Days whose files and records are read: the period, or all days up to its end. */
  read: Period;
  words: ReadonlySet<string>;
  /** It counts decisions by control, so those that no control map places are missing from its answer. */
  placesDecisions: boolean;
  framework: string | undefined;
  control: string | undefined;
  chosen: (control: ControlName) => boolean;
  /** The same as SQL. */
  filter: string;
  /** Nothing else may be in the engine when the text runs. */
  scope: QueryAnswer['scope'];
}

/** @param days the days of the log: the period unless another is asked for. @throws ExhibitError QUERY_INVALID, USAGE */
export function prepareQuestion(request: QueryRequest, days: readonly string[]): Question {
  const period = {
    from: request.from ?? days[0] ?? '1970-01-01',
    to: request.to ?? days.at(-1) ?? '1970-01-01',
  };
  if (dayMilliseconds(period.from) > dayMilliseconds(period.to)) {
    throw new ExhibitError('USAGE', `the period ends on ${period.to}, before it begins on ${period.from}`);
  }
  const framework = request.framework === undefined ? undefined : checkName('framework', request.framework);
  const control = request.control === undefined ? undefined : checkName('control', request.control);
  const chosen = (name: ControlName) =>
    (framework === undefined || name.framework === framework) &&
    (control === undefined || name.control === control);
  const filter = [
    'true',
    ...(framework === undefined ? [] : [`framework = ${literal(framework)}`]),
    ...(control === undefined ? [] : [`control = ${literal(control)}`]),
  ].join(' AND ');
  const { history, showsUnplaced, ...question } = textAndValues(request, period);
  const read = history ? { from: days[0] ?? period.from, to: period.to } : period;
  const words = new Set(tokenize(question.text).map(({ text }) => text));
  const placesDecisions = words.has('evidence') || (words.has('control_map') && !showsUnplaced);
  const prepared = { ...question, read, words, placesDecisions, framework, control, chosen, filter };
  return { ...prepared, scope: scopeOf(request, prepared, history) };
}

/** @throws ExhibitError USAGE, QUERY_INVALID: what a scope does not let be asked */
function scopeOf(
  { confined, from, to }: QueryRequest,
  asked: Pick<Question, 'name' | 'text' | 'framework'>,
  history: boolean,
): Question['scope'] {
  if (confined !== true) return undefined;
  const { framework, name } = asked;
  if (framework === undefined || from === undefined || to === undefined)
    throw new ExhibitError('USAGE', 'a scope is one framework and a period', {
      hint: 'Example: soc2:2026-01-01:2026-03-31.',
    });
  onlyOwn(asked);
  // Without the days before it, its answer would be wrong, not only shorter.
  if (history)
    throw new ExhibitError(
      'QUERY_INVALID',
      `${name} reads the days before the period, which the scope leaves out`,
      {
        hint: 'Ask for it without a scope, or have its answer saved by who may: exhibit query --save.',
      },
    );
  return { framework, from, to };
}

function textAndValues(
  request: QueryRequest,
  period: Period,
): Pick<Question, 'name' | 'text' | 'parameters' | 'values'> & { history: boolean; showsUnplaced: boolean } {
  if ((request.name === undefined) === (request.sql === undefined)) {
    throw new ExhibitError('USAGE', 'a query has either a name or a text');
  }
  const given = request.parameters ?? {};
  if (request.name === undefined) {
    const values = Array.isArray(given) ? [...given] : Object.values(given as Record<string, string>);
    const named = values.map((value, at): [string, string] => [String(at + 1), value]);
    return {
      name: 'sql',
      text: request.sql ?? '',
      parameters: { ...Object.fromEntries(named) },
      values,
      history: false,
      showsUnplaced: false,
    };
  }
  const template = findQuery(request.name);
  const { framework, control } = request;
  const named = Array.isArray(given) ? {} : (given as Readonly<Record<string, string>>);
  const known: Record<string, string | undefined> = { ...period, framework, control, ...named };
  const parameters: Record<string, string> = {};
  for (const { name, about } of template.parameters) {
    const value = known[name];
    if (value === undefined) {
      throw new ExhibitError('QUERY_INVALID', `the query ${template.name} needs ${name}: ${about}`, {
        details: { parameter: name },
      });
    }
    parameters[name] = value;
  }
  const extra = Object.keys(given).find((name) => !(name in parameters));
  if (extra !== undefined) {
    throw new ExhibitError(
      'QUERY_INVALID',
      `the query ${template.name} has no parameter ${JSON.stringify(extra)}`,
    );
  }
  const values = template.positions.map((name) => parameters[name] ?? '');
  return {
    name: template.name,
    text: queryText(template),
    parameters,
    values,
    history: template.history ?? false,
    showsUnplaced: template.showsUnplaced ?? false,
  };
}
