import { ExhibitError } from '../../record/index.ts';
import { literal } from '../duckdb.ts';
import type { Relation } from '../query/relation.ts';
import { ownNames } from '../query/tables.ts';
import { type Token, tokenize } from '../query/tokens.ts';
import { VIEWS } from '../query/words.ts';

/** A name that a question can read, as SQL. */
export interface NamedSelect {
  name: string;
  select: string;
}

/**
 * Puts the names that a question reads before its text, as WITH: the text itself stays as it is, character by character, and finds no other
 * table, since no catalogue and no schema is set for it.
 * @param text passed the lint, so it begins with SELECT or WITH and is one statement
 * @returns the statement, and how many lines stand before the text
 * @throws ExhibitError QUERY_INVALID where a name of its WITH would hide a view: outside of it, it would be a table of the engine
 */
export function compose(text: string, names: readonly NamedSelect[]): { sql: string; before: number } {
  const tokens = tokenize(text);
  const [first, second] = tokens;
  const own = first?.text === 'with';
  const recursive = own && second?.kind === 'word' && second.text === 'recursive';
  const blanked = blank(text, [
    ...(own ? [first] : []),
    ...(recursive ? [second] : []),
    ...tokens.filter(({ kind, text: symbol }) => kind === 'symbol' && symbol === ';'),
  ]);
  const hidden = VIEWS.find((view) => ownNames(tokens, []).has(view));
  if (hidden !== undefined)
    throw new ExhibitError('QUERY_INVALID', `the name ${hidden} is that of a view: choose another for WITH`);
  if (names.length === 0) return { sql: blank(text, tokens.filter(isSemicolon)), before: 0 };
  const ours = names.map(({ name, select }) => `"${name}" AS (${select})`).join(',\n');
  const before = `WITH ${recursive ? 'RECURSIVE ' : ''}${ours}${own ? ',' : ''}\n`;
  return { sql: before + blanked, before: before.split('\n').length - 1 };
}

function isSemicolon({ kind, text }: Token): boolean {
  return kind === 'symbol' && text === ';';
}

/** Spaces in the place of some tokens: what follows keeps its line and column. */
function blank(text: string, tokens: readonly (Token | undefined)[]): string {
  const lines = text.split('\n');
  for (const token of tokens) {
    if (token === undefined) continue;
    const line = lines[token.line - 1] ?? '';
    const at = token.column - 1;
    lines[token.line - 1] =
      line.slice(0, at) + ' '.repeat(token.text.length) + line.slice(at + token.text.length);
  }
  return lines.join('\n');
}

const CASTS: Readonly<Record<string, string>> = {
  VARCHAR: 'varchar',
  BIGINT: 'bigint',
  BOOLEAN: 'boolean',
  TIMESTAMP: 'timestamp(3)',
};

/**
 * A small table as SELECT over one text literal: its values, which others wrote, are never parsed as SQL.
 * @param words of the question: columns that none of them names are left out, unless it has a star
 */
export function inlined({ name, columns, rows }: Relation, words: ReadonlySet<string>): NamedSelect {
  const all = Object.entries(columns);
  // count(*) keeps all columns too: it costs bytes only.
  const kept = all.filter(([column]) => words.has('*') || words.has(column));
  const chosen = kept.length === 0 ? all.slice(0, 1) : kept;
  const places = chosen.map(([column]) => all.findIndex(([other]) => other === column));
  const values = rows.map((row) => places.map((at) => (row[at] === undefined ? null : String(row[at]))));
  const fields = chosen.map(([column]) => `"${column}" varchar`).join(', ');
  const casts = chosen.map(([column, type]) => cast(column, type)).join(', ');
  const json = literal(oneLine(JSON.stringify(values)));
  return {
    name,
    select: `SELECT ${casts} FROM UNNEST(CAST(json_parse(${json}) AS ARRAY(ROW(${fields}))))`,
  };
}

function cast(column: string, type: string): string {
  if (type === 'VARCHAR') return `"${column}"`;
  // A record's instant ends in Z, and Trino reads it with a zone.
  const value = type === 'TIMESTAMP' ? `replace(replace("${column}", 'T', ' '), 'Z', '')` : `"${column}"`;
  return `CAST(${value} AS ${CASTS[type] ?? 'varchar'}) AS "${column}"`;
}

/** A NUL and the line separators of Unicode are legal in JSON as escapes. */
function oneLine(json: string): string {
  return json.replaceAll(/[\u2028\u2029]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16)}`);
}

/** @throws ExhibitError QUERY_INVALID for what the engine would not take */
export function assertLength(sql: string, longest: number, name: string): void {
  const bytes = Buffer.byteLength(sql);
  if (bytes <= longest) return;
  throw new ExhibitError(
    'QUERY_INVALID',
    `${name}: with the control maps and manifests that it reads the statement has ${bytes} bytes; the engine takes ${longest}`,
    { hint: 'Ask for a shorter period or one framework, or ask DuckDB over the folder.' },
  );
}
