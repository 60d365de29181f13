import { EVENT_ID, type Event, parseEvents, SCALAR_STYLE, YAMLException } from 'js-yaml';
import { MAX_DEPTH } from '../record/index.ts';

/** Parser events of a text that was indented further for the parser's sake, and the way back to offsets of the original. */
export interface Indented {
  text: string;
  events: Event[];
  original(offset: number): number;
}

/** Lines that may need it one by one, beside those that hold closing brackets only. Each costs a parse. */
const MOST_LINES = 64;
const CLOSERS = /^[ \t]*[\]}][\]}, \t]*(?:#.*)?\r?$/;
const DEFICIENT = 'deficient indentation';

/**
 * Parses YAML whose flow collections (`[...]`, `{...}`) are indented less than YAML 1.2 demands, most often a closing bracket
 * below its key. Go's reader, and so kubectl, takes them. Within a flow collection leading white space means nothing, so such
 * lines are indented before parsing; a line within a block scalar, where it means something, never is.
 * @throws YAMLException
 */
export function parseIndented(text: string): Indented {
  try {
    return { text, events: parseEvents(text, { maxDepth: MAX_DEPTH }), original: (offset) => offset };
  } catch (error) {
    if (!isDeficient(error)) throw error;
  }
  const lines = text.split('\n');
  const wanted = new Set(lines.flatMap((line, index) => (CLOSERS.test(line) ? [index] : [])));
  const width = 1 + lines.reduce((most, line) => Math.max(most, /^[ \t]*/.exec(line)?.[0].length ?? 0), 0);
  for (let attempt = 0; ; attempt += 1) {
    const indented = indent(lines, wanted, ' '.repeat(width));
    const found = tryParse(indented.text);
    if (Array.isArray(found)) {
      const inside = linesInBlocks(indented, found, wanted);
      if (inside.length === 0) return { ...indented, events: found };
      if (attempt > 2 * MOST_LINES) throw new YAMLException(DEFICIENT);
      for (const line of inside) wanted.delete(line);
    } else {
      const line = indented.lineOf(found.mark?.position ?? 0);
      if (!isDeficient(found) || wanted.has(line) || attempt >= MOST_LINES) throw placed(found, indented);
      wanted.add(line);
    }
  }
}

/** The same error with its place in the original. */
function placed(error: YAMLException, { text, original }: Text): YAMLException {
  const position = original(error.mark?.position ?? 0);
  return new YAMLException(error.reason, { buffer: text, position, line: 0, column: 0 });
}

function tryParse(text: string): Event[] | YAMLException {
  try {
    return parseEvents(text, { maxDepth: MAX_DEPTH });
  } catch (error) {
    if (error instanceof YAMLException) return error;
    throw error;
  }
}

function isDeficient(error: unknown): boolean {
  return error instanceof YAMLException && error.reason.includes(DEFICIENT);
}

interface Text {
  text: string;
  /** Offsets of the lines in the indented text. */
  starts: number[];
  original(offset: number): number;
  lineOf(offset: number): number;
}

function indent(lines: readonly string[], wanted: ReadonlySet<number>, by: string): Text {
  const starts: number[] = [];
  /** How much was put in before each line ends. */
  const added: number[] = [];
  let start = 0;
  let sum = 0;
  const out = lines.map((line, index) => {
    const now = wanted.has(index) ? by + line : line;
    starts.push(start);
    start += now.length + 1;
    sum += now.length - line.length;
    added.push(sum);
    return now;
  });
  const lineOf = (offset: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const original = (offset: number): number => {
    const line = lineOf(offset);
    const before = added[line - 1] ?? 0;
    return Math.max((starts[line] ?? 0) - before, offset - (added[line] ?? 0));
  };
  return { text: out.join('\n'), starts, lineOf, original };
}

/** Indented lines that turned out to be text of a block scalar. */
function linesInBlocks(indented: Text, events: readonly Event[], wanted: ReadonlySet<number>): number[] {
  const found: number[] = [];
  for (const event of events) {
    if (event.type !== EVENT_ID.SCALAR) continue;
    if (event.style !== SCALAR_STYLE.LITERAL_BLOCK && event.style !== SCALAR_STYLE.FOLDED_BLOCK) continue;
    const last = indented.lineOf(Math.max(event.valueStart, event.valueEnd - 1));
    for (let line = indented.lineOf(event.valueStart); line <= last; line += 1) {
      if (wanted.has(line)) found.push(line);
    }
  }
  return found;
}
