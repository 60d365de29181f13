import { crc32, gunzipSync } from 'node:zlib';
import { ExhibitError } from '../record/index.ts';
import type { Files } from './types.ts';

/** Limits for reading a bundle, whose bytes come from a stranger until its signature is checked. */
export interface TarLimits {
  /** Bytes after decompression. */
  bytes: number;
  entries: number;
}

export const TAR_LIMITS: TarLimits = { bytes: 256 * 1024 * 1024, entries: 20_000 };

const BLOCK = 512;
const STORED = 65_535;

/**
 * Packs files as a gzip'd ustar archive: the same files give the same bytes on every machine. Entries are sorted by
 * path, carry no time, owner or permission of their own, and gzip holds stored blocks, since the output of a
 * compressor differs between versions of zlib and between processors.
 * @see RFC 1951 section 3.2.4 (stored blocks), RFC 1952 section 2.3; POSIX pax, "ustar Interchange Format"
 * @throws ExhibitError POLICY_INVALID for a path that ustar cannot hold
 */
export function packTar(files: Files): Uint8Array {
  const parts: Buffer[] = [];
  for (const name of [...files.keys()].sort()) {
    const data = files.get(name) ?? new Uint8Array();
    parts.push(header(name, data.length), Buffer.from(data), Buffer.alloc(-data.length & (BLOCK - 1)));
  }
  parts.push(Buffer.alloc(2 * BLOCK));
  return gzipStored(Buffer.concat(parts));
}

function header(name: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const [prefix, base] = splitPath(name);
  block.write(base, 0);
  block.write('0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write('        0', 148);
  block.write('ustar\x0000', 257);
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** The path as ustar holds it: up to 155 bytes of folder and 100 of the rest. */
function splitPath(name: string): [string, string] {
  const length = (text: string) => Buffer.byteLength(text);
  if (length(name) <= 100) return ['', name];
  for (let at = name.indexOf('/'); at !== -1; at = name.indexOf('/', at + 1)) {
    const [prefix, rest] = [name.slice(0, at), name.slice(at + 1)];
    if (length(prefix) <= 155 && length(rest) <= 100) return [prefix, rest];
  }
  throw new ExhibitError('POLICY_INVALID', `the path is too long for a bundle: ${name}`, {
    hint: 'A bundle holds paths of at most 255 bytes with a last part of at most 100. Shorten the names.',
    location: { file: name },
  });
}

function gzipStored(data: Buffer): Uint8Array {
  const parts: Buffer[] = [Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])];
  for (let at = 0; at === 0 || at < data.length; at += STORED) {
    const chunk = data.subarray(at, at + STORED);
    const head = Buffer.alloc(5);
    head.writeUInt8(at + STORED >= data.length ? 1 : 0, 0);
    head.writeUInt16LE(chunk.length, 1);
    head.writeUInt16LE(~chunk.length & 0xffff, 3);
    parts.push(head, chunk);
  }
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc32(data), 0);
  tail.writeUInt32LE(data.length >>> 0, 4);
  return Buffer.concat([...parts, tail]);
}

/**
 * Unpacks a gzip'd tar archive as this program, `opa build`, GNU tar and bsdtar write it. Only plain files; a leading `/`
 * or `./` is dropped as OPA does; whatever could mean two things to two readers is refused.
 * @param bytes attacker-controlled
 * @throws ExhibitError BUNDLE_INVALID
 */
export function unpackTar(bytes: Uint8Array, limits: TarLimits = TAR_LIMITS): Map<string, Uint8Array> {
  const data = gunzip(bytes, limits.bytes);
  const files = new Map<string, Uint8Array>();
  let long: string | undefined;
  let ended = false;
  for (let at = 0; at < data.length; ) {
    const block = data.subarray(at, at + BLOCK);
    if (block.length < BLOCK) invalid('the archive ends within a header');
    at += BLOCK;
    if (block.every((byte) => byte === 0)) {
      ended = true;
      break;
    }
    checkSum(block);
    const size = octal(block, 124, 12);
    const body = data.subarray(at, at + size);
    if (body.length < size) invalid('the archive ends within a file');
    at += Math.ceil(size / BLOCK) * BLOCK;
    const type = String.fromCharCode(block[156] ?? 0);
    if (type === 'x') long = paxPath(body) ?? long;
    else if (type === 'L') long = text(body, 0, body.length);
    else if (type === '0' || type === '\0') {
      add(files, long ?? ustarPath(block), body, limits);
      long = undefined;
    } else if (type === '5') long = undefined;
    else if (type !== 'g')
      invalid(`the archive holds an entry that is no plain file (type ${JSON.stringify(type)})`);
  }
  if (!ended) invalid('the archive has no end mark');
  return files;
}

function gunzip(bytes: Uint8Array, limit: number): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: limit });
  } catch (cause) {
    const large = cause instanceof RangeError || (cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
    return invalid(large ? `it is larger than ${limit} bytes when unpacked` : 'it is not a gzip file', cause);
  }
}

function add(files: Map<string, Uint8Array>, path: string, body: Buffer, limits: TarLimits): void {
  const name = path.replace(/^(\.?\/)+/, '');
  const parts = name.split('/');
  if (
    name === '' ||
    /[\p{Cc}\\]/u.test(name) ||
    parts.some((part) => part === '' || part === '.' || part === '..')
  )
    invalid(`the archive holds a path that is not allowed: ${JSON.stringify(path)}`);
  if (files.has(name)) invalid(`the archive holds ${JSON.stringify(name)} twice`);
  if (files.size >= limits.entries) invalid(`the archive holds more than ${limits.entries} files`);
  files.set(name, body);
}

function ustarPath(block: Buffer): string {
  const prefix = text(block, 257, 6) === 'ustar' ? text(block, 345, 155) : '';
  return prefix === '' ? text(block, 0, 100) : `${prefix}/${text(block, 0, 100)}`;
}

/** The path of a pax header: records of `length key=value\n`. */
function paxPath(body: Buffer): string | undefined {
  let path: string | undefined;
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(0x20, at);
    const length = Number(body.toString('latin1', at, space));
    if (space < 0 || !Number.isInteger(length) || length < 5)
      invalid('the archive holds a damaged pax header');
    const record = body.toString('utf8', space + 1, at + length - 1);
    if (record.startsWith('path=')) path = record.slice(5);
    if (record.startsWith('size=')) invalid('the archive holds a pax size, which no bundle needs');
    at += length;
  }
  return path;
}

function text(block: Buffer, from: number, length: number): string {
  const field = block.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? length : end);
}

function octal(block: Buffer, from: number, length: number): number {
  const digits = text(block, from, length).trim();
  if (!/^[0-7]+$/.test(digits)) invalid('the archive holds a damaged header');
  return Number.parseInt(digits, 8);
}

function checkSum(block: Buffer): void {
  const sum = block.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 0x20 : byte), 0);
  if (sum !== octal(block, 148, 8)) invalid('the archive holds a header whose check sum is wrong');
}

function invalid(why: string, cause?: unknown): never {
  throw new ExhibitError('BUNDLE_INVALID', `The bundle is damaged: ${why}.`, { cause });
}
