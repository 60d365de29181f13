/** A line of a template for a line of what it renders. */
export interface TemplateLine {
  /** From 1. */
  line: number;
  /** From 1. */
  column: number;
  /** False where it is the nearest line that is known. */
  exact: boolean;
}

const KEY = /^(?:- )*"?([\w./-]+)"?:(?=\s|$)/;
/** So much of a template is searched; beyond it every place is about right. */
const LONGEST = 20_000;

/**
 * Finds the line of a template that a rendered line comes from: the one with the same text, else the one with the same key, the
 * neighbours deciding between several. What an included template wrote gets the last known line before it.
 */
export function templateLines(
  template: string,
  rendered: string,
): (line: number, column: number) => TemplateLine {
  const source = template.split(/\r?\n/).slice(0, LONGEST);
  const out = rendered.split(/\r?\n/);
  const byText = index(source, (line) => line.trim());
  const byKey = index(source, (line) => KEY.exec(line.trim())?.[1] ?? '');
  const find = (at: number): { line: number; exact: boolean } | undefined => {
    const text = out[at]?.trim() ?? '';
    if (text === '') return undefined;
    const same = byText.get(text) ?? [];
    const candidates = same.length > 0 ? same : (byKey.get(KEY.exec(text)?.[1] ?? '\n') ?? []);
    const scored = candidates.map((line) => ({ line, score: agreeing(source, line, out, at) }));
    const best = Math.max(...scored.map(({ score }) => score));
    const [first, second] = scored.filter(({ score }) => score === best);
    return first && { line: first.line, exact: second === undefined };
  };
  return (line, column) => {
    for (let at = line - 1; at >= 0; at -= 1) {
      const found = find(at);
      if (found === undefined) continue;
      const text = source[found.line] ?? '';
      const indent = text.length - text.trimStart().length;
      const inside =
        at === line - 1 ? column - 1 - ((out[at] ?? '').length - (out[at] ?? '').trimStart().length) : 0;
      return {
        line: found.line + 1,
        column: indent + 1 + Math.max(0, Math.min(inside, text.trim().length - 1)),
        exact: found.exact && at === line - 1,
      };
    }
    return { line: 1, column: 1, exact: false };
  };
}

function index(lines: readonly string[], of: (line: string) => string): Map<string, number[]> {
  const found = new Map<string, number[]>();
  lines.forEach((line, i) => {
    const key = of(line);
    if (key === '') return;
    const list = found.get(key);
    if (list === undefined) found.set(key, [i]);
    else list.push(i);
  });
  return found;
}

/** How many of the three lines before and after say the same, the nearer ones first. */
function agreeing(source: readonly string[], line: number, out: readonly string[], at: number): number {
  let score = 0;
  for (let i = 1; i <= 3; i += 1) {
    for (const way of [-i, i]) {
      const ours = source[line + way]?.trim() ?? '';
      const theirs = out[at + way]?.trim() ?? '';
      const key = KEY.exec(ours)?.[1];
      if (ours === theirs) score += 8 - i;
      else if (key !== undefined && key === KEY.exec(theirs)?.[1]) score += 4 - i;
    }
  }
  return score;
}
