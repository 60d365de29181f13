import { z } from 'zod';
import type { LogReader } from '../../ledger/index.ts';
import {
  canonicalize,
  type Digest,
  derivedId,
  ExhibitError,
  isDigest,
  parseRecord,
  type RecordDraft,
} from '../../record/index.ts';
import { type Decision, keepingDraft } from '../keeping.ts';
import { LAKE_EMITTER, type ManifestSource, readFiles, sha256 } from '../manifest.ts';
import type { ManifestFile } from '../types.ts';

/** What is purged of a day together: the files of one framework, or what no framework is needed for (facts and counts). */
export type PurgeScope = { framework: string } | 'facts';

export const scopeOf = ({ framework }: Pick<ManifestFile, 'framework'>): PurgeScope =>
  framework === undefined ? 'facts' : { framework };

/** A tombstone, as the log has it. */
export interface Tombstone {
  log_index: number;
  day: string;
  reason: string;
  recorded_at: string;
  /** SHA-256 of each purged file, by key. */
  files: ReadonlyMap<string, Digest>;
}

const detailsSchema = z.looseObject({
  kind: z.literal('purge'),
  day: z.string(),
  framework: z.string().exactOptional(),
  reason: z.string(),
  files_digest: z.string().refine(isDigest),
});

/** Id of the tombstone of a day and framework: derived, so that there is one, and it is found without a scan. */
export function tombstoneId(origin: string, day: string, scope: PurgeScope): string {
  const name = scope === 'facts' ? 'facts' : `framework\n${scope.framework}`;
  return derivedId(LAKE_EMITTER, `purge\n${origin}\n${day}\n${name}`, sha256);
}

/** The blob that lists what a tombstone is for. */
export const fileList = (files: readonly ManifestFile[]): Uint8Array =>
  new TextEncoder().encode(canonicalize(files));

export function tombstoneDraft(
  origin: string,
  decision: Omit<Decision, 'record_id'>,
  day: string,
  scope: PurgeScope,
  { files, files_digest }: { files: readonly ManifestFile[]; files_digest: Digest },
): RecordDraft {
  const what = scope === 'facts' ? 'facts and counts' : scope.framework;
  return keepingDraft(
    { ...decision, record_id: tombstoneId(origin, day, scope) },
    `${what} of ${day}: ${files.length} files purged: ${decision.reason}`,
    {
      ...{ kind: 'purge', day, ...(scope === 'facts' ? {} : scope) },
      ...{ files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0), files_digest },
      reason: decision.reason,
    },
  );
}

/**
 * The tombstone of a day and framework; undefined where there is none.
 * @throws ExhibitError LAKE_MISMATCH where a record has its id and is none; BLOB_MISSING, BLOB_DIGEST
 */
export async function findTombstone(
  reader: ManifestSource,
  day: string,
  scope: PurgeScope,
): Promise<Tombstone | undefined> {
  const index = await reader.find(tombstoneId(reader.origin, day, scope));
  return index === undefined ? undefined : readTombstone(reader, index, day, scope);
}

async function readTombstone(
  reader: ManifestSource,
  index: number,
  day: string,
  scope: PurgeScope,
): Promise<Tombstone> {
  const record = parseRecord((await reader.entry(index)).bytes);
  const details = detailsSchema.safeParse(record.details).data;
  const framework = scope === 'facts' ? undefined : scope.framework;
  // Another emitter may have sent a record with this id.
  const fits =
    details !== undefined &&
    record.record_type === 'tombstone' &&
    record.emitter === LAKE_EMITTER &&
    details.day === day &&
    details.framework === framework;
  if (!fits)
    throw new ExhibitError('LAKE_MISMATCH', `record ${index} is not a usable tombstone of ${day}`, {
      details: { day, index, emitter: record.emitter },
    });
  const files = await readFiles(reader, details.files_digest as Digest);
  return {
    ...{ log_index: index, day, reason: details.reason, recorded_at: record.recorded_at },
    files: new Map(files.map(({ key, sha256: digest }) => [key, digest])),
  };
}

/** Asked for files that are not there: whether a tombstone says that they were purged. */
export class Tombstones {
  readonly #reader: ManifestSource;
  readonly #known = new Map<string, Promise<Tombstone | undefined>>();

  constructor(reader: ManifestSource) {
    this.#reader = reader;
  }

  /** The tombstone that names the file with its digest; undefined where none does. @throws ExhibitError BLOB_MISSING, BLOB_DIGEST */
  async of(day: string, file: ManifestFile): Promise<Tombstone | undefined> {
    const scope = scopeOf(file);
    const id = tombstoneId(this.#reader.origin, day, scope);
    let found = this.#known.get(id);
    if (found === undefined) {
      // One that is not usable purges nothing: the file is missing.
      found = findTombstone(this.#reader, day, scope).catch((error: unknown) => {
        if (error instanceof ExhibitError && error.code === 'LAKE_MISMATCH') return undefined;
        throw error;
      });
      this.#known.set(id, found);
    }
    const tombstone = await found;
    return tombstone?.files.get(file.key) === file.sha256 ? tombstone : undefined;
  }
}

const MARK = Buffer.from('"record_type":"tombstone"');

/** Where tombstones are in a log without an index of ids: every record from a place on is read. @throws ExhibitError LEDGER_CORRUPT, STORE_FAILED */
export async function locateTombstones(reader: LogReader, from: number): Promise<ManifestSource> {
  const { size } = await reader.checkpoint();
  const found = new Map<string, number>();
  for await (const { index, bytes } of reader.entries(Math.min(from, size), size)) {
    if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(MARK)) continue;
    const { record_id, record_type } = parseRecord(bytes);
    if (record_type === 'tombstone' && !found.has(record_id)) found.set(record_id, index);
  }
  return {
    origin: reader.origin,
    find: async (id) => found.get(id),
    entry: (index) => reader.entry(index),
    blob: (digest) => reader.blob(digest),
  };
}
