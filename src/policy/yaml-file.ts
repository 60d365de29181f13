import { CORE_SCHEMA, FAILSAFE_SCHEMA, load } from 'js-yaml';
import { type Document, LineCounter, parseAllDocuments, parseDocument } from 'yaml';
import type { z } from 'zod';
import { describe } from './issue.ts';
import type { Files, Problem } from './types.ts';

export interface YamlFile {
  file: string;
  value: unknown;
  problems: Problem[];
  /** Line and column of the nearest value on a path. */
  locate(path: readonly PropertyKey[]): { file: string; line?: number; column?: number };
}

/** What was parsed of some bytes: several parts of a repository are read out of one file. */
const parsed = new WeakMap<Uint8Array, Map<string, YamlFile>>();

/**
 * Parses one YAML file of the repository with positions; what is wrong becomes a problem, not an exception.
 * `failsafe` reads every value as text, so that the control 8.10 stays 8.10.
 */
export function parseYaml(files: Files, file: string, schema: 'core' | 'failsafe' = 'core'): YamlFile {
  const data = files.get(file) ?? new Uint8Array();
  const known = parsed.get(data) ?? new Map<string, YamlFile>();
  const before = known.get(`${schema} ${file}`);
  if (before !== undefined) return before;
  const yaml = parseAnew(files, file, schema);
  parsed.set(data, known.set(`${schema} ${file}`, yaml));
  return yaml;
}

function parseAnew(files: Files, file: string, schema: 'core' | 'failsafe'): YamlFile {
  const text = textOf(files, file);
  const placed = () => {
    const lineCounter = new LineCounter();
    return yamlFile(file, parseDocument(text, { lineCounter, version: '1.2', schema }), lineCounter);
  };
  const value = ELABORATE.test(text) ? undefined : plainValue(text, schema);
  if (value === undefined || value === null) return placed();
  let found: YamlFile | undefined;
  return {
    file,
    value,
    problems: [],
    locate: (path) => {
      found ??= placed();
      return found.locate(path);
    },
  };
}

/**
 * What the two parsers may take differently, so that it is left to the one with positions: anchors, aliases, tags, directives, several
 * documents, tabs, keys that are no text, merges, numbers beyond the largest, signs that are no text.
 */
const ELABORATE = new RegExp(
  [
    String.raw`(?:^|[\s[{,:-])[&*!]|^[%?]|\? |^(?:---|\.\.\.)|<<|__proto__`,
    String.raw`(?:^|[\s[{,])[-+]?[\d.]{1,99}e[-+]?\d\d+(?:$|[\s,\]}])`,
    String.raw`(?:^|[\s,{[-])(?:~|null|true|false|[-+.\d][^\s:]{0,99}|[[{][^\n]{0,99}[\]}])? {0,99}:(?:\s|$)`,
    String.raw`[^\n\x20-\x7e\u00a1-\u1fff\u2010-\u2027\u2030-\ud7ff\u{1f000}-\u{1ffff}]`,
  ].join('|'),
  'imu',
);

/** The value alone, in a fifth of the time that it takes with positions: those are asked for where something is wrong. */
function plainValue(text: string, schema: 'core' | 'failsafe'): unknown {
  try {
    return load(text, { schema: schema === 'core' ? CORE_SCHEMA : FAILSAFE_SCHEMA });
  } catch {
    // The other parser says what is wrong, and where.
    return undefined;
  }
}

/** As `parseYaml`, of a file that may hold several documents, as Kubernetes' tools take them. Empty documents are left out. */
export function parseYamlDocuments(files: Files, file: string): YamlFile[] {
  const lineCounter = new LineCounter();
  const parsed = parseAllDocuments(textOf(files, file), { lineCounter, version: '1.2' });
  const documents: Document[] = Array.isArray(parsed) ? parsed : [];
  return documents
    .map((document) => yamlFile(file, document, lineCounter))
    .filter(({ value, problems }) => problems.length > 0 || (value !== null && value !== undefined));
}

const textOf = (files: Files, file: string): string => Buffer.from(files.get(file) ?? '').toString('utf8');

function yamlFile(file: string, document: Document, counter: LineCounter): YamlFile {
  const place = (offset: number) => {
    const { line, col } = counter.linePos(offset);
    return { file, line, column: col };
  };
  const problems = document.errors.map(
    (error): Problem => ({
      severity: 'error',
      rule: 'yaml',
      message: error.message.split('\n')[0]?.replace(/ at line.*$/, '') ?? 'not YAML',
      location: place(error.pos[0]),
    }),
  );
  let value: unknown;
  try {
    value = problems.length === 0 ? document.toJS({ maxAliasCount: 100 }) : undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    problems.push({ severity: 'error', rule: 'yaml', message, location: { file, line: 1 } });
  }
  return {
    file,
    value,
    problems,
    locate: (path) => {
      const offset = nearest(document, path);
      return offset === undefined ? { file } : place(offset);
    },
  };
}

function nearest(document: Document, path: readonly PropertyKey[]): number | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    const range = (node as { range?: [number, number, number] } | null | undefined)?.range;
    if (range !== undefined && range !== null) return range[0];
  }
  return undefined;
}

/** The value by its schema; what does not fit becomes one problem per field. */
export function conform<T>(
  yaml: YamlFile,
  schema: z.ZodType<T>,
  rule: string,
): { value?: T; problems: Problem[] } {
  if (yaml.problems.length > 0) return { problems: yaml.problems };
  const fitted = schema.safeParse(yaml.value);
  if (fitted.success) return { value: fitted.data, problems: [] };
  return {
    problems: fitted.error.issues.map((issue) => ({
      severity: 'error' as const,
      rule,
      message: describe(issue),
      location: yaml.locate(issue.path),
    })),
  };
}
