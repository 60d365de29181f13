import { ExhibitError } from '../../record/index.ts';
import { Places, setMember } from '../places.ts';
import type { Format, Source } from '../source.ts';

/** Java's property files, in the form that Conftest gives them: every value a text, `${...}` as it is written. */
export const properties: Format = {
  name: 'properties',
  names: (file) => /[^/]\.properties$/i.test(file),
  reference: {
    known: 'by its name: `.properties`',
    sees: 'an object of texts; a reference to another key stays as it is written. Of a key that is there twice the last one counts',
    positions: 'the key',
  },
  detect: (source) => source.extension === '.properties',
  parse(source) {
    const places = new Places();
    const value = read(source, places);
    if (Object.keys(value).length === 0) return [];
    return [{ kind: 'properties', value, locate: (path) => source.place(places.offsetOf(value, path)) }];
  },
};

const ESCAPES: Readonly<Record<string, string>> = { f: '\f', n: '\n', r: '\r', t: '\t' };

/** @see magiconair/properties, lex.go: a comment line ends with its line, a line goes on after a backslash */
function read(source: Source, places: Places): Record<string, string> {
  const { text } = source;
  const found: Record<string, string> = {};
  let at = text.startsWith('\u{feff}') ? 1 : 0;
  const blanks = () => {
    while (at < text.length && ' \f\t'.includes(text.charAt(at))) at += 1;
  };
  const isEnd = () => at >= text.length || text[at] === '\n' || text[at] === '\r';
  const escaped = (): string => {
    const start = at;
    at += 1;
    const char = text[at];
    if (char === undefined) throw wrong(source, start, 'the file ends with a backslash');
    at += 1;
    if (char !== 'u') return ESCAPES[char] ?? char;
    const digits = text.slice(at, at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw wrong(source, start, '\\u has no four digits');
    at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  };
  while (at < text.length) {
    if (isEnd() || ' \f\t'.includes(text.charAt(at))) {
      at += 1;
      continue;
    }
    if (text[at] === '#' || text[at] === '!') {
      while (!isEnd()) at += 1;
      continue;
    }
    const start = at;
    let key = '';
    while (!isEnd() && !' \f\t:='.includes(text.charAt(at))) {
      if (text[at] === '\\') key += escaped();
      else {
        key += text[at];
        at += 1;
      }
    }
    if (key === '') throw wrong(source, start, 'a line has no key');
    blanks();
    if (text[at] === ':' || text[at] === '=') at += 1;
    blanks();
    let value = '';
    while (!isEnd()) {
      if (text[at] !== '\\') {
        value += text[at];
        at += 1;
      } else if (text[at + 1] === '\n' || text[at + 1] === '\r') {
        at += text.startsWith('\r\n', at + 1) ? 3 : 2;
        blanks();
      } else value += escaped();
    }
    if (!key.isWellFormed() || !value.isWellFormed())
      throw wrong(source, start, 'half of a surrogate pair, which is no character');
    setMember(found, key, value);
    places.set(found, key, start);
  }
  return found;
}

function wrong(source: Source, offset: number, message: string): ExhibitError {
  return new ExhibitError('INPUT_SYNTAX', `the file is not well-formed: ${message}`, {
    location: source.place(offset),
    hint: 'Write key = value on a line.',
  });
}
