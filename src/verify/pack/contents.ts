import { z } from 'zod';
import { canonicalize, ExhibitError, type Sha256, toHex } from '../../record/index.ts';
import { fromUtf8, sameBytes, toUtf8 } from '../bytes.ts';
import type { PackFile } from './zip.ts';

export const CONTENTS = 'pack.json';
export const SUMS = 'SHA256SUMS';

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);
const day = z.string().regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/);

export const contentsSchema = z.strictObject({
  schema: z.literal('exhibit.pack/1'),
  engagement: z.strictObject({
    id: z.string().regex(/^eng-[0-9a-f]{16}$/),
    framework: z.string(),
    from: day,
    to: day,
    auditor: z.string(),
    log_index: count,
  }),
  /** The log as the pack has it. */
  log: z.strictObject({ origin: z.string(), size: count, root: hex }),
  /** What is not in it and why, in words. */
  left_out: z.array(z.string()),
  /** All files but this one and SHA256SUMS, by path. */
  files: z.array(z.strictObject({ path: z.string(), bytes: count, sha256: hex })),
});

/** What a pack says of itself. */
export type Contents = z.infer<typeof contentsSchema>;

/** The two files that name all others: `pack.json`, and `SHA256SUMS` for `sha256sum -c`. */
export function listFiles(
  about: Omit<Contents, 'schema' | 'files'>,
  files: readonly PackFile[],
  sha256: Sha256,
): PackFile[] {
  const listed = files
    .map(({ path, bytes }) => ({ path, bytes: bytes.length, sha256: toHex(sha256(bytes)) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const contents: PackFile = {
    path: CONTENTS,
    bytes: toUtf8(canonicalize({ schema: 'exhibit.pack/1', ...about, files: listed })),
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
    return contentsSchema.parse(JSON.parse(fromUtf8(bytes) ?? ''));
  } catch (cause) {
    throw new ExhibitError('PACK_INVALID', `the pack: ${CONTENTS} is not what it should be`, {
      cause,
      location: { file: CONTENTS },
    });
  }
}

function refuse(message: string, path?: string): never {
  throw new ExhibitError('PACK_INVALID', `the pack: ${message}`, {
    ...(path === undefined ? {} : { location: { file: path } }),
  });
}
