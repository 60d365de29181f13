import { ExhibitError } from '../../record/index.ts';
import type { BridgeRow } from '../bridge.ts';
import type { Question } from '../query/question.ts';
import type { Relation } from '../query/relation.ts';
import { tokenize } from '../query/tokens.ts';

/** Views that have rows of all frameworks, and nothing to tell them apart by. */
const ACROSS: ReadonlySet<string> = new Set(['fact', 'daily_counts']);

/**
 * Refuses what an auditor of one framework may not read. The rights of the engine and of the bucket must say the same: this is the message, they
 * are the fence.
 * @throws ExhibitError QUERY_INVALID with the place; USAGE where no framework is given
 */
export function onlyOwn({ text, name, framework }: Pick<Question, 'text' | 'name' | 'framework'>): void {
  if (framework === undefined)
    throw new ExhibitError('USAGE', 'an auditor asks about one framework', { hint: 'Give --framework.' });
  const across = tokenize(text).find(
    (token) => (token.kind === 'word' || token.kind === 'quoted') && ACROSS.has(token.text),
  );
  if (across === undefined) return;
  const { line, column } = across;
  throw new ExhibitError(
    'QUERY_INVALID',
    `${name}, line ${line}, column ${column}: ${across.text} has records of all frameworks; an auditor of ${framework} reads evidence`,
    { location: { file: name, line, column } },
  );
}

/** Without the rows of other frameworks. */
export function forAuditor(relation: Relation, { framework }: Pick<Question, 'framework'>): Relation {
  const at = Object.keys(relation.columns).indexOf('framework');
  return at < 0 ? relation : { ...relation, rows: relation.rows.filter((row) => row[at] === framework) };
}

/** Links of a control map without those of other frameworks. */
export function linksForAuditor(
  rows: readonly BridgeRow[],
  { framework }: Pick<Question, 'framework'>,
): BridgeRow[] {
  return rows.filter((row) => row.framework === framework);
}
