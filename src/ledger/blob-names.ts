import { z } from 'zod';
import { type Digest, isDigest } from '../record/index.ts';

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

/** A member of an entry that names a blob. */
export interface Named {
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
 * The blobs that an entry names. The bytes are searched and not parsed: in canonical JSON a quote within a string is escaped,
 * so what is found is a member.
 */
export function blobsOf(entry: Buffer): Named[] {
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
export function filesOf(bytes: Uint8Array): Named[] {
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
