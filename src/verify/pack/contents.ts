import { canonicalize, ExhibitError, type Sha256, toHex } from '../../record/index.ts';
import { sameBytes, toUtf8 } from '../bytes.ts';
import { DO_NOT_RELY, refusePack as refuse } from './refuse.ts';
import { count, hash, list, type Members, members, parseJson, text, tree } from './shape.ts';
import type { PackFile } from './zip.ts';

export const CONTENTS = 'pack.json';
export const SUMS = 'SHA256SUMS';
const SCHEMA = 'exhibit.pack/1';

/** What a pack says of itself. */
export interface Contents {
  engagement: {
    id: string;
    framework: string;
    from: string;
    to: string;
    /** A salted reference. */
    auditor: string;
    log_index: number;
  };
  /** The log as the pack has it. */
  log: { origin: string; size: number; root: string };
  /** What is not in it and why, in words. */
  left_out: string[];
  /** All files but this one and SHA256SUMS, by path. */
  files: { path: string; bytes: number; sha256: string }[];
}

/** A file as the list names it. */
export function lineOf({ path, bytes }: PackFile, sha256: Sha256): Contents['files'][number] {
  return { path, bytes: bytes.length, sha256: toHex(sha256(bytes)) };
}

/** The two files that name all others: `pack.json`, and `SHA256SUMS` for `sha256sum -c`. */
export function listFiles(
  about: Omit<Contents, 'files'>,
  files: readonly Contents['files'][number][],
  sha256: Sha256,
): PackFile[] {
  const listed = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const contents: PackFile = {
    path: CONTENTS,
    bytes: toUtf8(canonicalize({ schema: SCHEMA, ...about, files: listed })),
  };
  return [contents, { path: SUMS, bytes: sums(listed, contents, sha256) }];
}

function sums(listed: Contents['files'], contents: PackFile, sha256: Sha256): Uint8Array {
  const own = { path: CONTENTS, sha256: toHex(sha256(contents.bytes)) };
  return toUtf8([...listed, own].map((file) => `${file.sha256}  ${file.path}\n`).join(''));
}

/**
 * Compares the files of a pack with its list, both ways.
 * @param files attacker-controlled
 * @throws ExhibitError PACK_INVALID, naming the file
 */
export function checkContents(files: readonly PackFile[], sha256: Sha256): Contents {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const own = byPath.get(CONTENTS);
  if (own === undefined) return refuse(`it has no ${CONTENTS}`);
  const contents = parse(own.bytes);
  const listed = new Set([CONTENTS, SUMS]);
  for (const { path, bytes, sha256: digest } of contents.files) {
    listed.add(path);
    const file = byPath.get(path);
    if (file === undefined) return refuse(`${path} is missing`, path);
    const found = toHex(sha256(file.bytes));
    if (file.bytes.length !== bytes || found !== digest)
      refuse(`${path} differs from ${CONTENTS}: sha256:${found}, not sha256:${digest}`, path);
  }
  for (const { path } of files) if (!listed.has(path)) refuse(`${path} is named by nothing`, path);
  if (!sameBytes(byPath.get(SUMS)?.bytes ?? new Uint8Array(), sums(contents.files, own, sha256)))
    refuse(`${SUMS} differs from the files`, SUMS);
  return contents;
}

function parse(bytes: Uint8Array): Contents {
  try {
    const { schema, engagement, log, left_out, files } = members(parseJson(bytes), 'it');
    if (schema !== SCHEMA) throw new TypeError(`schema should be ${SCHEMA}`);
    return {
      engagement: engagementOf(members(engagement, 'engagement')),
      log: { origin: text(members(log, 'log').origin, 'log.origin'), ...tree(log, 'log') },
      left_out: list(left_out, 'left_out').map((one) => text(one, 'left_out')),
      files: list(files, 'files').map((file) => {
        const { path, bytes: length, sha256 } = members(file, 'files');
        return { path: text(path, 'path'), bytes: count(length, 'bytes'), sha256: hash(sha256, 'sha256') };
      }),
    };
  } catch (cause) {
    throw new ExhibitError('PACK_INVALID', `the pack: ${CONTENTS} is not what it should be`, {
      cause,
      hint: DO_NOT_RELY,
      location: { file: CONTENTS },
    });
  }
}

function engagementOf({ id, framework, from, to, auditor, log_index }: Members): Contents['engagement'] {
  return {
    id: text(id, 'id'),
    framework: text(framework, 'framework'),
    from: text(from, 'from'),
    to: text(to, 'to'),
    auditor: text(auditor, 'auditor'),
    log_index: count(log_index, 'log_index'),
  };
}
