import { hash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Digest, ExhibitError } from '../../record/index.ts';

/** Longest file, as it lies there and unpacked. */
const MOST_BYTES = 256 * 1024 * 1024;
/** Files of one comparison. */
const MOST_FILES = 10_000;

export interface ExportFile {
  file: string;
  /** Of the bytes as they lie there. */
  digest: Digest;
  values: { where: string; value: unknown }[];
}

/**
 * Reads exports: JSON or JSON lines, also compressed with gzip, as CloudTrail has them. A list is taken apart, and so are the `Records` of
 * CloudTrail.
 * @throws ExhibitError NOT_FOUND, INPUT_UNREADABLE; INPUT_SYNTAX, naming file and line
 */
export async function readExports(files: readonly string[], cwd: string): Promise<ExportFile[]> {
  if (files.length > MOST_FILES)
    throw new ExhibitError('USAGE', `${files.length} files are more than ${MOST_FILES}`);
  const read: ExportFile[] = [];
  for (const file of files) read.push(await readExport(file, resolve(cwd, file)));
  return read;
}

async function readExport(file: string, path: string): Promise<ExportFile> {
  const bytes = await bounded(file, path);
  const digest: Digest = `sha256:${hash('sha256', bytes, 'hex')}`;
  const text = unpacked(file, bytes)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
  return { file, digest, values: valuesOf(file, text) };
}

async function bounded(file: string, path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > MOST_BYTES) throw new RangeError(`it is longer than ${MOST_BYTES} bytes`);
    return await readFile(path);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new ExhibitError('NOT_FOUND', `there is no file ${file}`, {
        ...{ cause, location: { file } },
        hint: 'It is the export of the other system, as seen from the folder that you are in. exhibit reconcile --help has an example.',
      });
    throw new ExhibitError('INPUT_UNREADABLE', `${file} cannot be read`, {
      ...{ cause, location: { file } },
      hint: `An export is a file of at most ${MOST_BYTES / 1_048_576} MiB that this user may read.`,
    });
  }
}

function unpacked(file: string, bytes: Buffer): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch (cause) {
    throw new ExhibitError('INPUT_UNREADABLE', `${file} cannot be unpacked`, { cause, location: { file } });
  }
}

function valuesOf(file: string, text: string): ExportFile['values'] {
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch {
    // JSON lines, or nothing that can be read: the lines say which.
    return text.split('\n').flatMap((line, at) => {
      if (line.trim() === '') return [];
      return apart(parseLine(file, line, at + 1), `${file}: line ${at + 1}`);
    });
  }
  return apart(whole, file);
}

function parseLine(file: string, text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ExhibitError('INPUT_SYNTAX', `line ${line} is not JSON`, { cause, location: { file, line } });
  }
}

function apart(value: unknown, where: string): ExportFile['values'] {
  if (Array.isArray(value))
    return value.map((each: unknown, at) => ({ where: `${where}: index ${at}`, value: each }));
  if (typeof value === 'object' && value !== null && 'Records' in value && Array.isArray(value.Records))
    return value.Records.map((each: unknown, at) => ({ where: `${where}: Records[${at}]`, value: each }));
  return [{ where, value }];
}
