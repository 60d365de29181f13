import type { Report } from '../../types.ts';

/** A part of what Kyverno's command line printed: a report or a table of test results, as text. */
export interface Block {
  kind: 'report' | 'tests';
  syntax: 'json' | 'yaml';
  text: string;
  line: number;
}

/** Lines of the command line that say how it ended. */
export interface Said {
  line: number;
  text: string;
}

const MOST_LINES = 2_000_000;

/**
 * Cuts the output of `kyverno apply --policy-report` and `kyverno test` into its reports. Warnings, progress and sums stand between
 * them, on the same stream, so that the whole is neither JSON nor YAML.
 */
export async function* blocksOf(report: Report): AsyncGenerator<Block | Said> {
  let open: (Block & { lines: string[] }) | undefined;
  const close = function* (): Generator<Block> {
    if (open !== undefined)
      yield { kind: open.kind, syntax: open.syntax, line: open.line, text: open.lines.join('\n') };
    open = undefined;
  };
  for await (const { text, line } of report.lines()) {
    const start = startOf(text);
    if (open !== undefined && goesOn(open, text) && open.lines.length < MOST_LINES) {
      open.lines.push(text);
      if (open.syntax === 'json' && /^[\]}]/.test(text)) yield* close();
      continue;
    }
    yield* close();
    if (start === undefined) yield { line, text };
    else {
      open = { ...start, line, lines: [text], text: '' };
      // The report of `apply` is one line.
      if (start.syntax === 'json' && /[}\]]\s*$/.test(text)) yield* close();
    }
  }
  yield* close();
}

function startOf(text: string): Pick<Block, 'kind' | 'syntax'> | undefined {
  if (text.startsWith('{')) return { kind: 'report', syntax: 'json' };
  if (/^\[\s*(\{|$)/.test(text)) return { kind: 'tests', syntax: 'json' };
  if (/^apiVersion: /.test(text)) return { kind: 'report', syntax: 'yaml' };
  if (/^- ID: \d/.test(text)) return { kind: 'tests', syntax: 'yaml' };
  return undefined;
}

function goesOn({ syntax, kind }: Block, text: string): boolean {
  if (syntax === 'json') return true;
  if (kind === 'tests') return /^(- | {2}\S)/.test(text);
  return text !== '---' && text !== '' && !/^(apiVersion: |Test Summary)/.test(text);
}
