import { firstChars, goTrim, trimLeft } from './text.ts';

/** One instruction as text: continuation lines joined, comments within it left out. */
export interface DockerLine {
  text: string;
  /** Comments that stand right before it. */
  comments: { text: string; offset: number }[];
  heredocs: Heredoc[];
  /** Offset in the file of a place in `text`. */
  at(index: number): number;
}

export interface Heredoc {
  /** The word that ends it. */
  name: string;
  /** False where the word is quoted: nothing in it is replaced by the builder. */
  expand: boolean;
  content: string;
  /** Offset in the file of its first line. */
  offset: number;
}

/** What makes the file none that BuildKit builds. */
export class DockerfileError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const DIRECTIVE = /^([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$/;
const DIRECTIVES: ReadonlySet<string> = new Set(['syntax', 'escape', 'check']);
/** BuildKit's scanner takes no longer line. */
const LONGEST_LINE = 65_535;

export interface DockerLines {
  lines: DockerLine[];
  /** The character that continues lines. */
  mark: string;
}

/**
 * Takes a Dockerfile apart as BuildKit does (frontend/dockerfile/parser, v0.30): joins what is continued, reads parser directives,
 * sets comments and here-documents aside.
 * @param heredocsOf words that open a here-document on a joined line
 * @throws DockerfileError
 */
export function dockerLines(
  text: string,
  heredocsOf: (line: string, mark: string) => { name: string; expand: boolean; chomp: boolean }[],
): DockerLines {
  const reader = new Reader(text);
  const lines: DockerLine[] = [];
  const directives = new Directives();
  let comments: DockerLine['comments'] = [];
  for (let raw = reader.next(); raw !== undefined; raw = reader.next()) {
    const start = raw.offset;
    if (isComment(raw.text)) {
      const comment = goTrim(raw.text.slice(firstChars(raw.text)));
      if (comment === '') comments = [];
      else comments.push({ text: comment, offset: start });
    }
    const stripped = trimLeft(raw.text);
    if (directives.take(stripped, start)) comments.pop();
    if (isComment(stripped)) continue;
    const joined = new Joined();
    let { line, more } = directives.cut(stripped);
    if (!more && line === '') continue;
    joined.add(line, start + raw.text.length - stripped.length);
    while (more) {
      const next = reader.next();
      if (next === undefined) break;
      directives.take(next.text, next.offset);
      if (isComment(next.text) || trimLeft(next.text) === '') continue;
      ({ line, more } = directives.cut(next.text));
      joined.add(line, next.offset);
    }
    const opened = heredocsOf(joined.text, directives.mark);
    lines.push({
      text: joined.text,
      comments,
      heredocs: opened.map((one) => heredoc(one, reader, start)),
      at: (index) => joined.at(index),
    });
    comments = [];
  }
  return { lines, mark: directives.mark };
}

function heredoc(
  { name, expand, chomp }: { name: string; expand: boolean; chomp: boolean },
  reader: Reader,
  start: number,
): Heredoc {
  const { offset } = reader;
  let content = '';
  for (let line = reader.next(); line !== undefined; line = reader.next()) {
    if ((chomp ? line.text.replace(/^\t+/, '') : line.text) === name)
      return { name, expand, content, offset };
    content += line.whole;
  }
  throw new DockerfileError(`the here-document ${JSON.stringify(name)} is not ended`, start);
}

const isComment = (line: string): boolean => trimLeft(line).startsWith('#');

/** Lines with where they start. Without their line end, and whole. */
class Reader {
  readonly #text: string;
  offset = 0;
  constructor(text: string) {
    this.#text = text;
    if (text.startsWith('\u{feff}')) this.offset = 1;
  }

  next(): { text: string; whole: string; offset: number } | undefined {
    const offset = this.offset;
    if (offset >= this.#text.length) return undefined;
    const end = this.#text.indexOf('\n', offset);
    this.offset = end < 0 ? this.#text.length : end + 1;
    const whole = this.#text.slice(offset, this.offset);
    if (whole.length > LONGEST_LINE)
      throw new DockerfileError(`a line has more than ${LONGEST_LINE} characters`, offset);
    return { text: whole.replace(/[\r\n]+$/, ''), whole, offset };
  }
}

/** Parser directives stand before everything else, each once. */
class Directives {
  mark = '\\';
  readonly #seen = new Set<string>();
  #done = false;

  take(line: string, offset: number): boolean {
    if (this.#done) return false;
    const [, key = '', value = ''] =
      (line.startsWith('#') ? DIRECTIVE.exec(trimLeft(line.slice(1))) : null) ?? [];
    const name = key.toLowerCase();
    if (!DIRECTIVES.has(name)) {
      this.#done = true;
      return false;
    }
    if (this.#seen.has(name)) throw new DockerfileError(`the directive ${name} is there twice`, offset);
    this.#seen.add(name);
    if (name === 'escape') {
      if (value !== '\\' && value !== '`')
        throw new DockerfileError('the escape character is neither \\ nor `', offset);
      this.mark = value;
    }
    return true;
  }

  /** Without the character that continues it, where it is continued. Two of them continue nothing. */
  cut(line: string): { line: string; more: boolean } {
    const end = line.replace(/[ \t]+$/, '');
    if (!end.endsWith(this.mark) || end.at(-2) === this.mark) return { line, more: false };
    return { line: end.slice(0, -1), more: true };
  }
}

class Joined {
  text = '';
  readonly #parts: { index: number; offset: number }[] = [];

  add(line: string, offset: number): void {
    this.#parts.push({ index: this.text.length, offset });
    this.text += line;
  }

  at(index: number): number {
    const part = this.#parts.findLast((one) => one.index <= index);
    return part === undefined ? 0 : part.offset + index - part.index;
  }
}
