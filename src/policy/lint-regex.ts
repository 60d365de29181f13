import { isRego, isTest } from './rego.ts';
import type { Files, Problem } from './types.ts';

const LITERAL = '(`[^`]*`|"(?:\\\\.|[^"\\\\])*")';
/** Calls with the pattern written out, as the first argument or (replace) as the second. */
const CALL = new RegExp(
  `\\bregex\\.(?:(?:match|is_valid|split|find_n|find_all_string_submatch_n)\\(\\s*${LITERAL}|replace\\([^,\`"]*,\\s*${LITERAL})`,
  'g',
);

/** Patterns that the linear-time engine refuses: OPA would only find out when the rule runs. */
export async function lintRegex(files: Files): Promise<Problem[]> {
  const { RE2JS } = await import('@bufbuild/re2');
  const problems: Problem[] = [];
  for (const [file, data] of files) {
    if (!isRego(file) || isTest(file)) continue;
    const lines = Buffer.from(data).toString('utf8').split('\n');
    for (const [i, line] of lines.entries()) {
      for (const { 1: first, 2: second, index } of line.trimStart().startsWith('#')
        ? []
        : line.matchAll(CALL)) {
        const pattern = unquote(first ?? second ?? '""');
        const why = refusal(() => RE2JS.compile(pattern));
        if (why === undefined) continue;
        const message = `the pattern ${pattern} is not accepted by the linear-time engine: ${why}`;
        const location = { file, line: i + 1, column: index + 1 };
        problems.push({
          severity: 'error',
          rule: 'regex',
          message,
          location,
          hint: 'See https://github.com/google/re2/wiki/Syntax.',
        });
      }
    }
  }
  return problems;
}

function unquote(literal: string): string {
  if (literal.startsWith('`')) return literal.slice(1, -1);
  try {
    return String(JSON.parse(literal));
  } catch {
    return '';
  }
}

function refusal(compile: () => unknown): string | undefined {
  try {
    compile();
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}
