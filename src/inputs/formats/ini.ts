import { ExhibitError } from '../../record/index.ts';
import { Places, setMember } from '../places.ts';
import type { Format, Source } from '../source.ts';

/**
 * INI files, in the form that Conftest gives them (go-ini 1.67): sections of keys, numbers and true and false as such. What only
 * some readers take (a key without a value, a value over several lines in quotes) is true, or refused.
 */
export const ini: Format = {
  name: 'ini',
  names: (file) => /[^/]\.ini$/i.test(file),
  reference: {
    known: 'by its name: `.ini`',
    sees: 'sections of keys, as Conftest writes them. Numbers and truth values are such. Keys before the first section are under `DEFAULT`, which Conftest leaves out; a key without a value is true, where Conftest gives an error',
    positions: 'the line of the key',
  },
  detect: (source) => source.extension === '.ini',
  parse(source) {
    const places = new Places();
    const value = read(source, places);
    if (Object.keys(value).length === 0) return [];
    return [{ kind: 'ini', value, locate: (path) => source.place(places.offsetOf(value, path)) }];
  },
};

type Section = Record<string, unknown>;

function read(source: Source, places: Places): Record<string, Section> {
  const all: Record<string, Section> = {};
  const fail = (message: string, offset: number) =>
    new ExhibitError('INPUT_SYNTAX', `the file is not well-formed INI: ${message}`, {
      location: source.place(offset),
      hint: 'Write one key = value on a line, under a [section].',
    });
  const section = (name: string, offset: number): Section => {
    const known = Object.hasOwn(all, name) ? all[name] : undefined;
    if (known !== undefined) return known;
    const fresh: Section = {};
    setMember(all, name, fresh);
    places.set(all, name, offset);
    return fresh;
  };
  let current: Section | undefined;
  let count = 1;
  const lines = splitLines(source.text);
  for (let i = 0; i < lines.length; i += 1) {
    const { text, offset } = lines[i] as Line;
    const line = text.trim();
    const at = offset + text.length - text.trimStart().length;
    if (line === '' || /^[#;]/.test(line)) continue;
    if (line.startsWith('[')) {
      const end = line.lastIndexOf(']');
      if (end < 0) throw fail('a section is not closed', at);
      if (end === 1) throw fail('a section has no name', at);
      current = section(line.slice(1, end), at);
      count = 1;
      continue;
    }
    current ??= section('DEFAULT', at);
    const key = keyOf(line, (message) => fail(message, at));
    let name = key.name;
    if (name === '-') {
      name = `#${count}`;
      count += 1;
    }
    if (name === '') throw fail('a key has no name', at);
    let raw: string | undefined = key.rest === undefined ? undefined : key.rest.trim();
    if (raw !== undefined && /^(?:"""|`)/.test(raw)) {
      const quote = raw.startsWith('`') ? '`' : '"""';
      const end = raw.lastIndexOf(quote);
      if (end < quote.length) throw fail('a quoted value goes over several lines, which is not read', at);
      raw = raw.slice(quote.length, end);
    } else if (raw?.endsWith('\\')) {
      raw = raw.slice(0, -1);
      for (let next = lines[i + 1]; next !== undefined; next = lines[i + 1]) {
        i += 1;
        const more = next.text.trim();
        if (more === '') break;
        raw += more;
        if (!raw.endsWith('\\')) break;
        raw = raw.slice(0, -1);
      }
    } else if (raw !== undefined) raw = unquoted(withoutComment(raw));
    setMember(current, name, raw === undefined ? true : typed(raw));
    places.set(current, name, at);
  }
  return all;
}

interface Line {
  text: string;
  offset: number;
}

function splitLines(text: string): Line[] {
  const lines: Line[] = [];
  let offset = text.startsWith('\u{feff}') ? 1 : 0;
  while (offset < text.length) {
    const end = text.indexOf('\n', offset);
    lines.push({ text: text.slice(offset, end < 0 ? undefined : end), offset });
    offset = end < 0 ? text.length : end + 1;
  }
  return lines;
}

function keyOf(
  line: string,
  fail: (message: string) => ExhibitError,
): { name: string; rest: string | undefined } {
  const quote = line.startsWith('"""') && line.length > 6 ? '"""' : /^["`]/.exec(line)?.[0];
  if (quote !== undefined) {
    const end = line.indexOf(quote, quote.length);
    if (end < 0) throw fail('a quoted key is not closed');
    const sign = /[=:]/.exec(line.slice(end + quote.length));
    if (sign === null) throw fail('a quoted key has no value');
    return {
      name: line.slice(quote.length, end).trim(),
      rest: line.slice(end + quote.length + sign.index + 1),
    };
  }
  const sign = line.search(/[=:]/);
  if (sign < 0) return { name: line, rest: undefined };
  return { name: line.slice(0, sign).trim(), rest: line.slice(sign + 1) };
}

function withoutComment(value: string): string {
  const mark = value.search(/[#;]/);
  return mark < 0 ? value : value.slice(0, mark).trim();
}

function unquoted(value: string): string {
  const quote = value[0];
  const quoted =
    value.length >= 2 && (quote === '"' || quote === "'") && value.indexOf(quote, 1) === value.length - 1;
  return quoted ? value.slice(1, -1) : value;
}

/** As Go's ParseFloat and ParseBool tell. */
function typed(value: string): unknown {
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value) && Number.isFinite(Number(value)))
    return Number(value);
  if (/^(?:t|T|true|TRUE|True)$/.test(value)) return true;
  return /^(?:f|F|false|FALSE|False)$/.test(value) ? false : value;
}
