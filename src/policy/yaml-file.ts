import { type Document, LineCounter, parseDocument } from 'yaml';
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

/**
 * Parses one YAML file of the repository with positions; what is wrong becomes a problem, not an exception.
 * `failsafe` reads every value as text, so that the control 8.10 stays 8.10.
 */
export function parseYaml(files: Files, file: string, schema: 'core' | 'failsafe' = 'core'): YamlFile {
  const counter = new LineCounter();
  const text = Buffer.from(files.get(file) ?? '').toString('utf8');
  const document = parseDocument(text, { lineCounter: counter, version: '1.2', schema });
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
  return {
    file,
    value: problems.length === 0 ? document.toJS({ maxAliasCount: 100 }) : undefined,
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
  const parsed = schema.safeParse(yaml.value);
  if (parsed.success) return { value: parsed.data, problems: [] };
  return {
    problems: parsed.error.issues.map((issue) => ({
      severity: 'error' as const,
      rule,
      message: describe(issue),
      location: yaml.locate(issue.path),
    })),
  };
}
