import { ExhibitError } from '../../record/index.ts';
import { Places, setMember } from '../places.ts';
import type { Format, Source } from '../source.ts';

const NAME = /(?:^|\/)(?:\.env(?:\.[^/]*)?|[^/]+\.env)$/i;

/**
 * Files of environment variables, in the form that Conftest gives them (gotenv 1.6). A variable that is not set further up in the
 * file stays as it is written: whose environment it would come from is not known here.
 */
export const dotenv: Format = {
  name: 'dotenv',
  names: (file) => NAME.test(file),
  reference: {
    known: 'by its name: `.env`, `.env.*`, `*.env`',
    sees: 'an object of texts. `$NAME` is replaced where the file sets it above; otherwise it stays as it is written, where Conftest takes it from its own environment',
    positions: 'the variable',
  },
  detect: (source) => NAME.test(source.file.replaceAll('\\', '/')),
  parse(source) {
    const places = new Places();
    const value = read(source, places);
    if (Object.keys(value).length === 0) return [];
    return [{ kind: 'dotenv', value, locate: (path) => source.place(places.offsetOf(value, path)) }];
  },
};

/** Longest variable whose replaced value is taken: references that double a text would grow without end. */
const LONGEST = 1_048_576;

function read(source: Source, places: Places): Record<string, string> {
  const found: Record<string, string> = {};
  const lines = [...source.text.matchAll(/[^\r\n]*(?:\r\n|\r|\n|$)/g)];
  for (let i = 0; i < lines.length; i += 1) {
    const [whole = ''] = lines[i] ?? [];
    const offset = lines[i]?.index ?? 0;
    let line = whole.trim();
    if (line === '' || line.startsWith('#')) continue;
    const start = offset + whole.indexOf(line);
    const wrong = (message: string) =>
      new ExhibitError('INPUT_SYNTAX', `the file is not well-formed: ${message}`, {
        location: source.place(start),
        hint: 'Write NAME=value on a line, a value with spaces or # in quotes.',
      });
    const quote = openQuote(line);
    if (quote !== undefined) {
      let closed = false;
      while (!closed && i + 1 < lines.length) {
        i += 1;
        const more = (lines[i]?.[0] ?? '').replace(/[\r\n]+$/, '');
        line += `\n${more}`;
        const end = more.lastIndexOf(quote);
        closed = end >= 0 && more[end - 1] !== '\\';
      }
      if (!closed) throw wrong('a quoted value is not closed');
    }
    const [, name, written = ''] =
      /^(?:export\s+)?([A-Za-z0-9_.]+)(?:\s*=\s*|:\s+?)([\s\S]*)$/.exec(line) ?? [];
    if (name === undefined) {
      const exported = /^export (.*)$/.exec(line)?.[1];
      if (exported !== undefined && Object.hasOwn(found, exported)) continue;
      throw wrong('a line sets no variable');
    }
    const raw = quotedOrPlain(written);
    if (raw === undefined) throw wrong('something follows the value');
    const value = meaning(raw, found);
    if (value.length > LONGEST)
      throw new ExhibitError('INPUT_TOO_LARGE', `a variable has more than ${LONGEST} characters`, {
        location: source.place(start),
      });
    setMember(found, name, value);
    places.set(found, name, start);
  }
  return found;
}

/** The quote that a value opens and does not close on its line. */
function openQuote(line: string): string | undefined {
  const sign = line.includes('=') ? line.indexOf('=') : line.indexOf(':');
  if (sign <= 0 || sign >= line.length - 1) return undefined;
  const value = line.slice(sign + 1).trim();
  const quote = value[0];
  if (quote !== '"' && quote !== "'") return undefined;
  const end = value.slice(1).trim().lastIndexOf(quote);
  return end >= 0 && value[end] !== '\\' ? undefined : quote;
}

/** The value with its quotes, without a comment behind it; undefined where more than that follows. */
function quotedOrPlain(written: string): string | undefined {
  const quote = written[0];
  if (quote === '"' || quote === "'") {
    // As far as the last quote behind which nothing but a comment stands.
    for (let end = written.lastIndexOf(quote); end > 0; end = written.lastIndexOf(quote, end - 1)) {
      const rest = written.slice(end + 1).trim();
      if (rest === '' || (rest.startsWith('#') && !rest.includes('\n'))) {
        const inner: string = written.slice(1, end).replaceAll(`\\${quote}`, '');
        if (!inner.includes(quote)) return written.slice(0, end + 1);
      }
    }
  }
  const mark = written.indexOf('#');
  const plain = mark < 0 ? written : written.slice(0, mark);
  return plain.includes('\n') ? undefined : plain.trim();
}

function meaning(raw: string, known: Readonly<Record<string, string>>): string {
  const quote = raw.length >= 2 && raw[0] === raw.at(-1) ? raw[0] : undefined;
  if (quote === "'") return raw.slice(1, -1);
  let value = raw;
  if (quote === '"')
    value = raw
      .slice(1, -1)
      .replaceAll('\\n', '\n')
      .replaceAll('\\r', '\r')
      .replaceAll(/\\([^$])/g, '$1');
  return value.replaceAll(
    /(\\)?\$\{?([A-Z0-9_]+)?\}?/g,
    (all, slash: string | undefined, name: string | undefined) => {
      if (slash !== undefined) return all.slice(1);
      return name !== undefined && Object.hasOwn(known, name) ? (known[name] ?? all) : all;
    },
  );
}
