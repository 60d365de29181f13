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
  'emitters_digest',
  'blob',
]);
/** Members that may name one, such as raw tool output: it is looked at where it is there. */
const MAYBE = new Set(['raw_digest', 'bundle_digest', 'override_digest', 'input_digest']);

const EXHIBIT = Buffer.from('"tool":"exhibit"');
const POLICY = Buffer.from('"record_type":"policy"');
const NEEDLE = Buffer.from('":"sha256:');
const QUOTE = 0x22;
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

/** Names of all members of which something is made, by their length: other members are passed over without a string for each. */
const LENGTHS = new Set([...STORED, ...STORED_BY_EXHIBIT, ...MAYBE].map((member) => member.length));

/**
 * Finds the blobs that entries name. The bytes are searched and not parsed: in canonical JSON a quote within a string is escaped,
 * so what is found is a member. Most entries name the bundle and the control map of the entry before: their digests are compared as
 * bytes with the last of that member, and made and checked only when they differ.
 */
export class BlobNames {
  readonly #last = new Map<string, { bytes: Buffer; digest: Digest }>();

  of(entry: Buffer): Named[] {
    const named: Named[] = [];
    for (let at = entry.indexOf(NEEDLE); at >= 0; at = entry.indexOf(NEEDLE, at + NEEDLE.length)) {
      let name = at;
      while (name > 0 && entry[name - 1] !== QUOTE) name -= 1;
      if (!LENGTHS.has(at - name)) continue;
      const member = entry.toString('latin1', name, at);
      const own = STORED_BY_EXHIBIT.has(member);
      const stored = STORED.has(member) || (own && entry.includes(EXHIBIT));
      if (!stored && !own && !MAYBE.has(member)) continue;
      const digest = this.#digest(entry, at + 3, member);
      if (digest === undefined) continue;
      named.push({
        member,
        digest,
        stored,
        list: stored && member === 'files_digest' && entry.includes(POLICY),
      });
    }
    return named;
  }

  #digest(entry: Buffer, start: number, member: string): Digest | undefined {
    const end = start + DIGEST_LENGTH;
    if (entry[end] !== QUOTE) return undefined;
    const last = this.#last.get(member);
    if (last !== undefined && startsWith(entry, start, last.bytes)) return last.digest;
    const digest = entry.toString('latin1', start, end);
    if (!isDigest(digest)) return undefined;
    this.#last.set(member, { bytes: Buffer.from(digest, 'latin1'), digest });
    return digest;
  }
}

function startsWith(entry: Buffer, start: number, bytes: Buffer): boolean {
  for (let i = 0; i < bytes.length; i += 1) if (entry[start + i] !== bytes[i]) return false;
  return true;
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
