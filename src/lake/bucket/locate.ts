import { z } from 'zod';
import type { LogReader } from '../../ledger/index.ts';
import type { S3Store } from '../../store/index.ts';
import { addDays, dayStart } from '../days.ts';
import { manifestKey } from '../keys.ts';
import { type ManifestSource, manifestId } from '../manifest.ts';
import { inParallel } from '../parallel.ts';

/** A copy lists the files of a day; a longer object is none. */
const MOST_COPY_BYTES = 64 * 2 ** 20;

// The copy is from whoever may write into the bucket: only the index is taken, and what stands there is looked at.
const hintSchema = z.looseObject({ log_index: z.int().min(0) });

const MANIFEST = Buffer.from('"record_type":"manifest"');

export interface Located {
  /** Reads manifests: knows where they are. */
  source: ManifestSource;
  /** Days whose copy did not lead to their manifest, and whose manifest was found by reading the log. */
  searched: string[];
  /** Days without a manifest: they are not closed. */
  open: string[];
}

/**
 * Finds the manifests of days in a log without an index of ids: by their copies, which say where they are, and else by reading the log from
 * the next day on. What the log has there counts, never the copy.
 * @throws ExhibitError LEDGER_CORRUPT, STORE_FAILED
 */
export async function locateManifests(
  reader: LogReader,
  store: S3Store,
  days: readonly string[],
): Promise<Located> {
  const { size } = await reader.checkpoint();
  const found = new Map<string, number>();
  const missing: string[] = [];
  const hints = await inParallel(days, (day) => hinted(reader, store, day, size));
  for (const [at, day] of days.entries()) {
    const hint = hints[at];
    if (hint === undefined) missing.push(day);
    else found.set(manifestId(reader.origin, day), hint);
  }
  for (const [id, at] of await search(reader, missing, size)) found.set(id, at);
  const isFound = (day: string) => found.has(manifestId(reader.origin, day));
  return {
    source: {
      origin: reader.origin,
      find: async (id) => found.get(id),
      entry: (index) => reader.entry(index),
      blob: (digest) => reader.blob(digest),
    },
    searched: missing.filter(isFound),
    open: missing.filter((day) => !isFound(day)),
  };
}

async function hinted(
  reader: LogReader,
  store: S3Store,
  day: string,
  size: number,
): Promise<number | undefined> {
  const key = manifestKey(day);
  const there = await store.look(key);
  if (there === undefined || there.length > MOST_COPY_BYTES) return undefined;
  const bytes = await store.get(key).catch(() => undefined);
  const hint = hintSchema.safeParse(parsed(bytes ?? new Uint8Array()));
  if (!hint.success || hint.data.log_index >= size) return undefined;
  const entry = await reader.entry(hint.data.log_index);
  return idOf(entry.bytes) === manifestId(reader.origin, day) ? hint.data.log_index : undefined;
}

/** The first record of each id, as the log itself has it. */
async function search(
  reader: LogReader,
  days: readonly string[],
  size: number,
): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  const [first] = [...days].sort();
  if (first === undefined) return found;
  const wanted = new Set(days.map((day) => manifestId(reader.origin, day)));
  const from = await reader.firstAt(dayStart(addDays(first, 1)));
  for await (const { index, bytes } of reader.entries(Math.min(from, size), size)) {
    // Most entries are no manifests: they are not parsed.
    if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(MANIFEST)) continue;
    const id = idOf(bytes);
    if (id !== undefined && wanted.has(id) && !found.has(id)) found.set(id, index);
  }
  return found;
}

function idOf(bytes: Uint8Array): string | undefined {
  const record = z.looseObject({ record_id: z.string() }).safeParse(parsed(bytes));
  return record.data?.record_id;
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
