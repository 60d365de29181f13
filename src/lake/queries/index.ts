import { ExhibitError } from '../../record/index.ts';
import { AI_SYSTEM_QUERIES } from './ai-systems.ts';
import { AUDIT_QUERIES } from './audit.ts';
import { CONTROL_QUERIES } from './control.ts';
import { FRAMEWORK_QUERIES } from './framework.ts';
import { MANUAL_QUERIES } from './manual.ts';
import { PICTURE_QUERIES } from './pictures.ts';
import { RECORD_QUERIES } from './records.ts';
import { REPORT_QUERIES } from './report.ts';
import type { QueryTemplate } from './types.ts';

/** Every saved question, by name. */
export const QUERIES: readonly QueryTemplate[] = [
  ...AI_SYSTEM_QUERIES,
  ...AUDIT_QUERIES,
  ...CONTROL_QUERIES,
  ...FRAMEWORK_QUERIES,
  ...MANUAL_QUERIES,
  ...PICTURE_QUERIES,
  ...RECORD_QUERIES,
  ...REPORT_QUERIES,
].sort((a, b) => (a.name < b.name ? -1 : 1));

/** @throws ExhibitError QUERY_INVALID for a name that there is none of */
export function findQuery(name: string): QueryTemplate {
  const found = QUERIES.find((query) => query.name === name);
  if (found !== undefined) return found;
  throw new ExhibitError('QUERY_INVALID', `there is no query ${JSON.stringify(name)}`, {
    hint: `Known: ${QUERIES.map((query) => query.name).join(', ')}.`,
  });
}

/** The text with a header of comments: title, question, parameters. It is what is saved and shown, and it runs as it is. */
export function queryText(query: QueryTemplate): string {
  return [
    `-- ${query.title}`,
    `-- ${query.question}`,
    ...query.parameters.map(({ name, type, about }) => `-- parameter ${name} (${type}): ${about}`),
    `-- order of ?: ${query.positions.join(', ')}`,
    query.sql,
    '',
  ].join('\n');
}
