import { ExhibitError } from '../../record/index.ts';
import { fromUtf8, joinBytes, sameBytes, toUtf8 } from '../bytes.ts';
import { crc32 } from './crc32.ts';
import { COPY_AGAIN, DO_NOT_RELY, refusePack } from './refuse.ts';

/** A file of a pack: its path with `/`, and its bytes. */
export interface PackFile {
  path: string;
  bytes: Uint8Array;
}

/** Without ZIP64, and well within what every program reads. */
const MOST_FILES = 60_000;
const MOST_BYTES = 0xfffffffe;
const LOCAL = 30;
const CENTRAL = 46;
const END = 22;
const LOCAL_SIGNATURE = 0x04034b50;
const END_SIGNATURE = 0x06054b50;
const COPY_WHOLE = 'Copy it again, whole: a copy or a download that stopped looks so.';
const LESS = 'Make it of an engagement over a shorter period.';
const ZIP = 'Give the ZIP that `exhibit pack` wrote, or that the portal gave.';

/** Names that are the same on every system: no root, no way up, nothing to be escaped. */
const PATH = /^[A-Za-z0-9][A-Za-z0-9._=+-]*(\/[A-Za-z0-9][A-Za-z0-9._=+-]*)*$/;

/**
 * A ZIP whose every byte follows from its files: stored, not compressed; no times (1 January 1980), no comments, no extra fields. So a reader can
 * account for each byte of it, and the same files give the same bytes on any machine.
 * @throws ExhibitError PACK_INVALID for a path that is none, one path twice (also in another case), or too much
 * @see PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16
 */
export function formatZip(files: readonly PackFile[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const zip = zipParts();
  for (const file of files) parts.push(...zip.add(file));
  parts.push(...zip.end());
  return joinBytes(parts);
}

/** The same ZIP piece by piece: only its directory is held, so that it may be larger than the memory. */
export interface ZipParts {
  add(file: PackFile): Uint8Array[];
  end(): Uint8Array[];
}

/** @throws ExhibitError PACK_INVALID, as formatZip does */
export function zipParts(): ZipParts {
  const central: Uint8Array[] = [];
  const paths = new Paths();
  let at = 0;
  let directory = END;
  return {
    add({ path, bytes }) {
      paths.add(path);
      const facts = { path, size: bytes.length, crc: crc32(bytes) };
      const header = centralHeader(facts, at);
      central.push(header);
      at += LOCAL + path.length + bytes.length;
      directory += header.length;
      if (at + directory > MOST_BYTES)
        refuse(`it would have ${at + directory} bytes; ${MOST_BYTES} is the most`, undefined, LESS);
      return [localHeader(facts), bytes];
    },
    end: () => [...central, endRecord(central.length, directory - END, at)],
  };
}

/**
 * Every file of a ZIP that differs from its checksum, where more than one does: for who is told that a pack does not hold and asks what of it.
 * It goes on until a header is damaged.
 * @param zip attacker-controlled
 */
export function damagedFiles(zip: Uint8Array): string[] {
  const damaged: string[] = [];
  try {
    walk(zip, (path) => void damaged.push(path));
  } catch (error) {
    if (!(error instanceof ExhibitError)) throw error;
  }
  return damaged;
}

/**
 * Takes such a ZIP apart. Every byte that is not content must be the one that formatZip writes, and every content has its checksum: what
 * differs is named, with its place.
 * @param zip attacker-controlled
 * @throws ExhibitError PACK_INVALID
 */
export function readZip(zip: Uint8Array): PackFile[] {
  return walk(zip, (path, message) => refuse(message, path));
}

/** @param damaged called for content that differs from its checksum; where it returns, the walk goes on */
function walk(zip: Uint8Array, damaged: (path: string, message: string) => void): PackFile[] {
  const files: PackFile[] = [];
  const central: Uint8Array[] = [];
  let at = 0;
  if (zip.length === 0) refuse('the file is empty, of 0 bytes', undefined, COPY_WHOLE);
  if (zip.length >= 4 && !isSignature(zip, 0, LOCAL_SIGNATURE))
    refuse('it does not begin as a ZIP does, at byte 0: it is another file, or was changed', undefined, ZIP);
  while (isSignature(zip, at, LOCAL_SIGNATURE)) {
    if (files.length === MOST_FILES) refuse(`it has more than ${MOST_FILES} files`);
    const view = new DataView(zip.buffer, zip.byteOffset + at, zip.length - at);
    if (view.byteLength < LOCAL) cut(zip, 'within a header');
    const [crc, size, length] = [
      view.getUint32(14, true),
      view.getUint32(22, true),
      view.getUint16(26, true),
    ];
    const path = fromUtf8(zip.subarray(at + LOCAL, at + LOCAL + length));
    if (at + LOCAL + length > zip.length && !endsAsZip(zip)) cut(zip, 'within a header');
    if (path === undefined || path.length !== length || !PATH.test(path))
      return refuse(`the name of its file ${files.length + 1} is damaged, at byte ${at + LOCAL}`);
    if (at + LOCAL + length + size > zip.length && !endsAsZip(zip)) cut(zip, `within ${path}`, path);
    if (at + LOCAL + length + size > zip.length)
      refuse(`${path} is longer than what is there: its header, at byte ${at}, is damaged`, path);
    const facts = { path, size, crc };
    same(zip, at, localHeader(facts), `the header of ${path}`, path);
    const bytes = zip.subarray(at + LOCAL + length, at + LOCAL + length + size);
    if (crc32(bytes) !== crc)
      damaged(
        path,
        `${path} differs from its checksum: a byte of it was changed (bytes ${at + LOCAL + length} to ${at + LOCAL + length + size - 1})`,
      );
    central.push(centralHeader(facts, at));
    files.push({ path, bytes });
    at += LOCAL + length + size;
  }
  const start = at;
  for (const [index, header] of central.entries()) {
    const path = files[index]?.path ?? '';
    if (at + header.length > zip.length && !endsAsZip(zip)) cut(zip, 'before the end of its directory');
    same(zip, at, header, `the line of ${path} in the directory`, path);
    at += header.length;
  }
  if (at + END > zip.length && !endsAsZip(zip)) cut(zip, 'before the end of its directory');
  same(zip, at, endRecord(files.length, at - start, start), 'the end of the directory');
  if (at + END !== zip.length) refuse(`it has ${zip.length - at - END} bytes behind its end`);
  if (files.length === 0) refuse('it has no file');
  const paths = new Paths();
  for (const { path } of files) paths.add(path);
  return files;
}

/** The last thing in a ZIP without a comment is its end record: where that is there, what does not fit was changed, not cut off. */
function endsAsZip(zip: Uint8Array): boolean {
  return zip.length >= END && isSignature(zip, zip.length - END, END_SIGNATURE);
}

function cut(zip: Uint8Array, where: string, path?: string): never {
  refuse(
    `the file ends early, at byte ${zip.length}, ${where}: it is not there as a whole`,
    path,
    COPY_WHOLE,
  );
}

interface Facts {
  path: string;
  size: number;
  crc: number;
}

function localHeader({ path, size, crc }: Facts): Uint8Array {
  const header = new Uint8Array(LOCAL + path.length);
  const view = new DataView(header.buffer);
  view.setUint32(0, LOCAL_SIGNATURE, true);
  common(view, 4, { path, size, crc });
  header.set(toUtf8(path), LOCAL);
  return header;
}

function centralHeader({ path, size, crc }: Facts, offset: number): Uint8Array {
  const header = new Uint8Array(CENTRAL + path.length);
  const view = new DataView(header.buffer);
  view.setUint32(0, 0x02014b50, true);
  // Made on Unix, so that the rights below are read.
  view.setUint16(4, 0x0314, true);
  common(view, 6, { path, size, crc });
  // A file that everybody may read and nobody may write.
  view.setUint32(38, 0o100444 * 0x10000, true);
  view.setUint32(42, offset, true);
  header.set(toUtf8(path), CENTRAL);
  return header;
}

/** From "version needed to extract" to "extra field length": the same in both headers. */
function common(view: DataView, at: number, { path, size, crc }: Facts): void {
  view.setUint16(at, 20, true);
  view.setUint16(at + 2, 0x0800, true);
  view.setUint16(at + 4, 0, true);
  view.setUint16(at + 6, 0, true);
  view.setUint16(at + 8, 0x0021, true);
  view.setUint32(at + 10, crc, true);
  view.setUint32(at + 14, size, true);
  view.setUint32(at + 18, size, true);
  view.setUint16(at + 22, path.length, true);
}

function endRecord(count: number, length: number, offset: number): Uint8Array {
  const end = new Uint8Array(END);
  const view = new DataView(end.buffer);
  view.setUint32(0, END_SIGNATURE, true);
  view.setUint16(8, count, true);
  view.setUint16(10, count, true);
  view.setUint32(12, length, true);
  view.setUint32(16, offset, true);
  return end;
}

function same(zip: Uint8Array, at: number, expected: Uint8Array, what: string, path?: string): void {
  const found = zip.subarray(at, at + expected.length);
  if (sameBytes(found, expected)) return;
  const differs = expected.findIndex((byte, index) => found[index] !== byte);
  refuse(`${what} differs from what its files give, at byte ${at + differs}`, path);
}

function isSignature(zip: Uint8Array, at: number, signature: number): boolean {
  return (
    at + 4 <= zip.length && new DataView(zip.buffer, zip.byteOffset + at, 4).getUint32(0, true) === signature
  );
}

/** The paths of a pack, each once. */
class Paths {
  readonly #seen = new Set<string>();

  add(path: string): void {
    if (this.#seen.size === MOST_FILES) refuse(`it has more than ${MOST_FILES} files`, undefined, LESS);
    if (!PATH.test(path) || path.length > 240)
      refuse(`${JSON.stringify(path)} is no path of a pack`, undefined, DO_NOT_RELY);
    // Where case makes no difference one would be written over the other.
    const folded = path.toLowerCase();
    if (this.#seen.has(folded)) refuse(`${path} is in it twice`, path, DO_NOT_RELY);
    this.#seen.add(folded);
  }
}

function refuse(message: string, path?: string, hint = COPY_AGAIN): never {
  refusePack(message, path, hint);
}
