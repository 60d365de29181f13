import { ExhibitError } from '../../record/index.ts';
import type { BridgeRow } from '../bridge.ts';
import type { Cell, Relation } from './relation.ts';
import { tokenize } from './tokens.ts';
import { VIEWS } from './words.ts';

/** What of a question is looked at. */
interface Question {
  name: string;
  text: string;
  framework: string | undefined;
}

/** Views that have rows of all frameworks, and nothing to tell them apart by. */
const ACROSS: ReadonlySet<string> = new Set(['fact', 'daily_counts']);

/** Views that an auditor of one framework reads. */
export const OWN_VIEWS: readonly string[] = VIEWS.filter((name) => !ACROSS.has(name));

/**
 * Refuses what an auditor of one framework may not read. The rights of the engine and of the bucket must say the same: this is the message, they
 * are the fence.
 * @throws ExhibitError QUERY_INVALID with the place; USAGE where no framework is given
 */
export function onlyOwn({ text, name, framework }: Question): void {
  if (framework === undefined)
    throw new ExhibitError('USAGE', 'an auditor asks about one framework', { hint: 'Give --framework.' });
  const across = acrossIn(text);
  if (across === undefined) return;
  const { line, column } = across;
  throw new ExhibitError(
    'QUERY_INVALID',
    `${name}, line ${line}, column ${column}: ${across.text} has records of all frameworks; an auditor of ${framework} reads evidence`,
    { location: { file: name, line, column } },
  );
}

/** Whether a text reads views that have rows of all frameworks. */
export function readsAllFrameworks(text: string): boolean {
  return acrossIn(text) !== undefined;
}

function acrossIn(text: string) {
  return tokenize(text).find(
    (token) => (token.kind === 'word' || token.kind === 'quoted') && ACROSS.has(token.text),
  );
}

/**
 * Without the rows of other frameworks, and without policies that support none of its controls.
 * @param links those of the framework
 */
export function forAuditor(
  relation: Relation,
  { framework }: Pick<Question, 'framework'>,
  links: readonly Pick<BridgeRow, 'policy_id'>[],
): Relation {
  const names = Object.keys(relation.columns);
  const keep = (column: string, mayRead: (cell: Cell) => boolean): Relation => {
    const at = names.indexOf(column);
    return { ...relation, rows: relation.rows.filter((row) => mayRead(row[at])) };
  };
  if (names.includes('framework')) return keep('framework', (cell) => cell === framework);
  const policies = new Set<Cell>(links.map(({ policy_id }) => policy_id));
  return names.includes('policy_id') ? keep('policy_id', (cell) => policies.has(cell)) : relation;
}

/** Links of a control map without those of other frameworks. */
export function linksForAuditor(
  rows: readonly BridgeRow[],
  { framework }: Pick<Question, 'framework'>,
): BridgeRow[] {
  return rows.filter((row) => row.framework === framework);
}
