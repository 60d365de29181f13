import { createReadStream } from 'node:fs';
import { lstat, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parseAllDocuments } from 'yaml';
import { ExhibitError } from '../../record/index.ts';
import type { Located, Report, Sample, Shape } from '../types.ts';
import { parseStrict, strictText, tooLong } from './strict.ts';
import { JsonValues } from './values.ts';

export interface ReportLimits {
  /** Longest report that is read whole, and longest value of one that is read value by value, in bytes. */
  whole: number;
  value: number;
  /** Longest report at all, unpacked, in bytes. */
  bytes: number;
}

const MEBIBYTE = 1024 * 1024;
export const REPORT_LIMITS: ReportLimits = {
  whole: 128 * MEBIBYTE,
  value: 16 * MEBIBYTE,
  bytes: 64 * 1024 * MEBIBYTE,
};
const HEAD = 65_536;

/** An opened report, and its beginning. */
export interface Opened {
  report: Report;
  sample: Sample;
}

/**
 * Opens a report of another tool. UTF-8, UTF-16 with a mark, gzip. It is opened once for the beginning and once for each reading.
 * @param path on this disk
 * @param name as the user named it
 * @throws ExhibitError INPUT_UNREADABLE, INPUT_EMPTY, INPUT_ENCODING
 */
export async function openReport(
  path: string,
  name: string,
  limits: ReportLimits = REPORT_LIMITS,
): Promise<Opened> {
  const status = await stat(path).catch((cause: unknown) => {
    throw unreadable(name, cause);
  });
  if (!status.isFile())
    throw new ExhibitError('INPUT_UNREADABLE', 'it is not a regular file', { location: { file: name } });
  const opened = await openBytes(() => createReadStream(path, { highWaterMark: MEBIBYTE / 4 }), name, limits);
  opened.report.beside = (other) => textBeside(path, other, limits.value);
  return opened;
}

/** Why a report cannot be read, and what to do. @param cause what the system says */
export function unreadable(name: string, cause: unknown): ExhibitError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const [why, hint] = WHY[code] ?? [cause instanceof Error ? cause.message : 'no reason is given', undefined];
  return new ExhibitError('INPUT_UNREADABLE', `the report cannot be read: ${why}`, {
    cause,
    location: { file: name },
    ...(hint === undefined ? {} : { hint }),
  });
}

const WHY: Readonly<Record<string, readonly [string, string]>> = {
  ENOENT: [
    'there is no such file',
    'Paths start in the working folder. Standard input is not read: write it to a file.',
  ],
  EISDIR: ['it is a folder', 'Name the reports in it: exhibit ingest auto FOLDER/*.json.'],
  EACCES: ['it is not allowed', 'Let this user read it.'],
};

/** A second file of the same run: by a name that the format gives, never by one that stands in a report; links are not followed. */
async function textBeside(path: string, other: string, most: number): Promise<string | undefined> {
  const place = join(dirname(path), other);
  const status = await lstat(place).catch(() => undefined);
  if (/[\\/]/.test(other) || status === undefined || !status.isFile() || status.size > most) return undefined;
  return strictText(await readFile(place), other);
}

/** A report that is in memory, such as the output of a tool that was run here. */
export async function openText(text: Uint8Array, name: string, limits = REPORT_LIMITS): Promise<Opened> {
  return openBytes(() => inMemory(text), name, limits);
}

/** As a file would be read, without what a stream costs: small reports come in great numbers. */
async function* inMemory(text: Uint8Array): AsyncGenerator<Uint8Array> {
  yield text;
}

/** The bytes of a report; `destroy` closes what they come from. */
type Raw = AsyncIterable<unknown> & { destroy?(): unknown };

async function openBytes(open: () => Raw, name: string, limits: ReportLimits): Promise<Opened> {
  const utf8 = () => decoded(open(), name, limits.bytes);
  const beginning = await firstBytes(utf8(), HEAD);
  const head = new TextDecoder('utf-8', { ignoreBOM: true }).decode(beginning.bytes, { stream: true });
  if (head.trim() === '' && beginning.whole)
    throw new ExhibitError('INPUT_EMPTY', 'the report is empty', {
      location: { file: name },
      hint: 'An empty report is not a pass. Look why what wrote it wrote nothing.',
    });
  if (head.includes('\0'))
    throw new ExhibitError('INPUT_ENCODING', 'the report holds a NUL character: it is binary', {
      location: { file: name },
    });
  const guess = shapeOf(head, name);
  const report = new FileReport(name, guess, utf8, limits);
  const { shape, first, fault } = await firstValue(report, guess);
  return {
    report: new FileReport(name, shape, utf8, limits),
    sample: { name, shape, first, head, ...(fault === undefined ? {} : { fault }) },
  };
}

/** What a report looks like from its first character; values tell one JSON value from lines of them. */
function shapeOf(head: string, name: string): Shape {
  const start = head.trimStart()[0];
  // A line of a log may begin with a time in brackets.
  if (start === '[' && /^\s*\[\s*([[{"\]]|-?\d[\d.eE+-]*\s*[,\]]|true|false|null|$)/.test(head))
    return 'json-array';
  if (start === '{') return 'json';
  if (start === '<') return 'xml';
  if (/\.ya?ml$/i.test(name) || /^(---|apiVersion:|kind:)/m.test(head.slice(0, 2_000))) return 'yaml';
  return 'text';
}

async function firstValue(
  report: FileReport,
  guess: Shape,
): Promise<{ shape: Shape; first: unknown; fault?: ExhibitError }> {
  if (guess === 'xml' || guess === 'text') return { shape: guess, first: undefined };
  let first: Located | undefined;
  try {
    for await (const located of report.values()) {
      if (first !== undefined) return { shape: guess === 'json' ? 'json-lines' : guess, first: first.value };
      first = located;
      if (guess !== 'json') break;
    }
  } catch (error) {
    // What is wrong is said when it is read, or where no format takes what is there.
    if (first === undefined && error instanceof ExhibitError)
      return { shape: guess, first: undefined, fault: error };
  }
  return {
    shape: guess,
    first: first?.value,
    ...(first?.error === undefined ? {} : { fault: first.error }),
  };
}

class FileReport implements Report {
  readonly name: string;
  readonly shape: Shape;
  readonly #open: () => AsyncIterable<Uint8Array>;
  readonly #limits: ReportLimits;

  constructor(name: string, shape: Shape, open: () => AsyncIterable<Uint8Array>, limits: ReportLimits) {
    this.name = name;
    this.shape = shape;
    this.#open = open;
    this.#limits = limits;
  }

  async *values(): AsyncGenerator<Located> {
    if (this.shape === 'yaml') {
      yield* yamlValues(await this.text(), this.name);
      return;
    }
    // One JSON object may be as long as a whole report; the items of a list may not.
    const limit = this.shape === 'json' ? this.#limits.whole : this.#limits.value;
    const values = new JsonValues(this.name, limit, this.shape === 'json-lines');
    for await (const chunk of this.#open()) for (const value of values.take(chunk)) yield value;
    for (const value of values.end()) yield value;
  }

  async json(): Promise<unknown> {
    return parseStrict(await this.text(), this.name, 1);
  }

  async text(): Promise<string> {
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of this.#open()) {
      size += part.length;
      if (size > this.#limits.whole) throw tooLong(this.name, 1, size, this.#limits.whole);
      parts.push(part);
    }
    return strictText(Buffer.concat(parts), this.name);
  }

  async *lines(): AsyncGenerator<{ text: string; line: number }> {
    let rest = Buffer.alloc(0);
    let line = 0;
    for await (const part of this.#open()) {
      let chunk = rest.length === 0 ? Buffer.from(part) : Buffer.concat([rest, part]);
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10)) {
        line += 1;
        yield { text: strictText(chunk.subarray(0, end), this.name).replace(/\r$/, ''), line };
        chunk = chunk.subarray(end + 1);
      }
      if (chunk.length > this.#limits.value)
        throw tooLong(this.name, line + 1, chunk.length, this.#limits.value);
      rest = chunk;
    }
    if (rest.length > 0) yield { text: strictText(rest, this.name).replace(/\r$/, ''), line: line + 1 };
  }
}

function* yamlValues(text: string, file: string): Generator<Located> {
  const documents = parseAllDocuments(text, { maxAliasCount: 1_000, logLevel: 'silent' } as never);
  for (const [index, document] of [...documents].entries()) {
    const line = text.slice(0, document.range?.[0] ?? 0).split('\n').length;
    const [fault] = document.errors;
    if (fault !== undefined) {
      const error = new ExhibitError('INPUT_SYNTAX', fault.message.split('\n')[0] ?? 'not YAML', {
        location: { file, line: fault.linePos?.[0].line ?? line },
      });
      yield { line, index, error };
      continue;
    }
    try {
      yield { value: document.toJS({ maxAliasCount: 1_000 }), line, index };
    } catch (cause) {
      const error = new ExhibitError('INPUT_TOO_LARGE', 'the YAML expands to too much', {
        cause,
        location: { file, line },
      });
      yield { line, index, error };
    }
  }
}

/** UTF-8 without mark, unpacked, at most so many bytes. */
async function* decoded(raw: Raw, name: string, most: number): AsyncGenerator<Uint8Array> {
  let total = 0;
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let first = true;
  const encoder = new TextEncoder();
  try {
    for await (const chunk of await unpacked(raw)) {
      let bytes = chunk as Uint8Array;
      total += bytes.length;
      if (total > most) throw tooLong(name, 1, total, most);
      if (first && bytes.length > 0) {
        first = false;
        if (bytes[0] === 0xff && bytes[1] === 0xfe) decoder = new TextDecoder('utf-16le');
        else if (bytes[0] === 0xfe && bytes[1] === 0xff) decoder = new TextDecoder('utf-16be');
        else if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
      }
      yield decoder === undefined ? bytes : encoder.encode(decoder.decode(bytes, { stream: true }));
    }
    // Half a character at the end is told, too: it becomes one that no reader takes.
    const rest = decoder?.decode() ?? '';
    if (rest !== '') yield encoder.encode(rest);
  } catch (cause) {
    if (cause instanceof ExhibitError) throw cause;
    throw new ExhibitError('INPUT_UNREADABLE', 'the report cannot be read to its end', {
      cause,
      location: { file: name },
    });
  } finally {
    raw.destroy?.();
  }
}

/** Gzip is known by its first two bytes (RFC 1952). */
async function unpacked(raw: Raw): Promise<AsyncIterable<unknown>> {
  const parts = raw[Symbol.asyncIterator]();
  const { value: first, done } = await parts.next();
  const all = (async function* () {
    if (done !== true) yield first;
    for (;;) {
      const next = await parts.next();
      if (next.done === true) return;
      yield next.value;
    }
  })();
  const packed = done !== true && (first as Uint8Array)[0] === 0x1f && (first as Uint8Array)[1] === 0x8b;
  if (!packed) return all;
  const gunzip = createGunzip();
  const through = Readable.from(all);
  through.on('error', (error) => gunzip.destroy(error));
  return through.pipe(gunzip).pipe(new PassThrough());
}

async function firstBytes(
  chunks: AsyncIterable<Uint8Array>,
  most: number,
): Promise<{ bytes: Buffer; whole: boolean }> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    size += chunk.length;
    if (size >= most) return { bytes: Buffer.concat(parts).subarray(0, most), whole: false };
  }
  return { bytes: Buffer.concat(parts), whole: true };
}
