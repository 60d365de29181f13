import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Digest, formatDigest, fromHex, isDigest } from '../record/index.ts';
import { blobKey, ioError, systemCode } from '../store/index.ts';
import { asBuffer } from './entry.ts';
import type { LedgerReader } from './types.ts';

/** Members that name a stored blob in every record: it must be there. */
const STORED = new Set(['input_ref', 'control_map_digest']);
/** Members, at any depth, that do so in the records of Exhibit itself. */
const STORED_BY_EXHIBIT = new Set([
  'details_ref',
  'redactions_ref',
  'populations_ref',
  'files_digest',
  'policies_digest',
  'frameworks_digest',
  'overrides_digest',
  'blob',
]);
/** Members that may name one, such as raw tool output: it is looked at where it is there. */
const MAYBE = new Set(['raw_digest', 'bundle_digest', 'override_digest', 'input_digest']);

const EXHIBIT = Buffer.from('"tool":"exhibit"');
const POLICY = Buffer.from('"record_type":"policy"');
const NEEDLE = Buffer.from('":"sha256:');
const DIGEST_LENGTH = 'sha256:'.length + 64;
/** So many digests are remembered as looked at; one that comes again later is looked at again. */
const REMEMBERED = 1 << 16;
/** So many problems are kept; more are counted. */
const KEPT = 1_000;

export interface BlobProblem {
  kind: 'missing' | 'differs';
  digest: Digest;
  /** The record that names it: its place in the log, and the member. */
  index: number;
  member: string;
}

export interface BlobsVerified {
  /** Blobs that were read and have their digest. */
  whole: number;
  missing: number;
  differ: number;
  /** The first of those that are missing or differ, in the order of the log. */
  problems: BlobProblem[];
}

/** A member of an entry that names a blob. */
interface Named {
  member: string;
  digest: Digest;
  stored: boolean;
  /** The blob itself lists blobs: the files of a bundle. */
  list?: boolean;
}

const filesSchema = z.array(
  z.looseObject({ name: z.string(), digest: z.templateLiteral(['sha256:', z.string()]) }),
);

/**
 * Looks at the blobs that the first `size` records name. Those that are known to be stored are missing where they are not
 * there; each one that is there must have its digest. Memory does not grow with the log.
 * @throws ExhibitError LEDGER_CORRUPT, LEDGER_IO
 */
export async function verifyBlobs(
  reader: LedgerReader,
  size: number,
  progress: (records: number, size: number) => void = () => undefined,
): Promise<BlobsVerified> {
  const found: BlobsVerified = { whole: 0, missing: 0, differ: 0, problems: [] };
  const seen = new Set<Digest>();
  const absent = new Set<Digest>();
  const check = async (index: number, { member, digest, stored, list }: Named): Promise<void> => {
    if (seen.has(digest) || (!stored && absent.has(digest))) return;
    const state = await look(reader.folder, digest);
    // A blob that need not be there does not hide that it must, where a later record says so.
    const missed = state === 'missing' && !stored;
    keep(missed ? absent : seen, digest);
    if (missed) return;
    if (state === 'whole') found.whole += 1;
    else {
      found[state === 'missing' ? 'missing' : 'differ'] += 1;
      if (found.problems.length < KEPT) found.problems.push({ kind: state, digest, index, member });
    }
    if (state !== 'whole' || list !== true) return;
    for (const file of filesOf(await reader.blob(digest))) await check(index, file);
  };
  for await (const { index, bytes } of reader.entries(0, size)) {
    for (const named of blobsOf(asBuffer(bytes))) await check(index, named);
    if (index % 256 === 255 || index === size - 1) progress(index + 1, size);
  }
  return found;
}

/** Remembers a digest, and forgets the oldest where there are many. */
function keep(digests: Set<Digest>, digest: Digest): void {
  digests.add(digest);
  const [oldest] = digests;
  if (digests.size > REMEMBERED && oldest !== undefined) digests.delete(oldest);
}

/**
 * The blobs that an entry names. The bytes are searched and not parsed: in canonical JSON a quote within a string is escaped,
 * so what is found is a member.
 */
function blobsOf(entry: Buffer): Named[] {
  const named: Named[] = [];
  for (let at = entry.indexOf(NEEDLE); at >= 0; at = entry.indexOf(NEEDLE, at + 1)) {
    const member = entry.toString('latin1', entry.lastIndexOf(0x22, at - 1) + 1, at);
    const own = STORED_BY_EXHIBIT.has(member);
    const stored = STORED.has(member) || (own && entry.includes(EXHIBIT));
    if (!stored && !own && !MAYBE.has(member)) continue;
    const start = at + 3;
    const digest = entry.toString('latin1', start, start + DIGEST_LENGTH);
    if (!isDigest(digest) || entry[start + DIGEST_LENGTH] !== 0x22) continue;
    named.push({
      member,
      digest,
      stored,
      list: stored && member === 'files_digest' && entry.includes(POLICY),
    });
  }
  return named;
}

/** The files of a bundle, each of them a blob. What is no such list names none. */
function filesOf(bytes: Uint8Array): Named[] {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return [];
  }
  const files = filesSchema.safeParse(value).data ?? [];
  return files.flatMap(({ name, digest }) =>
    isDigest(digest) ? [{ member: `file ${name} of the bundle`, digest, stored: true }] : [],
  );
}

/** Reads a blob piece by piece: it may be larger than the memory. */
async function look(folder: string, digest: Digest): Promise<BlobProblem['kind'] | 'whole'> {
  const path = join(folder, blobKey(digest));
  const hash = createHash('sha256');
  try {
    for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return 'missing';
    // A folder stands where the blob was.
    if (systemCode(error) === 'EISDIR') return 'differs';
    throw ioError(error, path);
  }
  return formatDigest(fromHex(hash.digest('hex'))) === digest ? 'whole' : 'differs';
}
