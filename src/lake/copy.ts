import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LedgerReader } from '../ledger/index.ts';
import { canonicalize, ExhibitError } from '../record/index.ts';
import { lakeWork } from './duckdb.ts';
import { writeWhole } from './install.ts';
import { manifestKey } from './keys.ts';
import { readManifest } from './manifest.ts';
import type { Manifest } from './types.ts';

/** Bytes of the derived copy of a manifest. */
export function manifestCopy(manifest: Manifest): Uint8Array {
  return new TextEncoder().encode(`${canonicalize(manifest)}\n`);
}

/** Writes the derived copy of a manifest: for reading without the ledger's tools; nothing trusts it. */
export async function writeManifestCopy(folder: string, manifest: Manifest): Promise<void> {
  await lakeWork(`the copy of the manifest of ${manifest.details.day} could not be written`, () =>
    writeWhole(folder, manifestKey(manifest.details.day), manifestCopy(manifest)),
  );
}

/** Keys of the copies that are there. */
export interface CopiesShown {
  folder: ReadonlySet<string>;
  /** Undefined where no bucket is behind the ledger. */
  bucket: ReadonlySet<string> | undefined;
}

/** Lists the copies once, for all days. @throws ExhibitError STORE_FAILED */
export async function copiesShown({ bucket, folder }: LedgerReader): Promise<CopiesShown> {
  // A folder that cannot be read shows none: then each is written again.
  const names = await readdir(join(folder, 'manifests')).catch(() => []);
  return {
    folder: new Set(names.map((name) => `manifests/${name}`)),
    bucket: bucket === undefined ? undefined : new Set(await bucket.list('manifests/')),
  };
}

/**
 * Writes the copy where it is missing, in the folder and in the bucket: a writer may have died after the manifest was sealed. One that differs is
 * left for verify to name.
 * @param shown what copiesShown found
 */
export async function repairCopy(reader: LedgerReader, day: string, shown: CopiesShown): Promise<void> {
  const key = manifestKey(day);
  const there = shown.folder.has(key);
  const { bucket } = reader;
  const uploaded = bucket === undefined || shown.bucket?.has(key) === true;
  if (there && uploaded) return;
  // A list that cannot be read is named by verify; a copy is no reason to stop.
  const manifest = await readManifest(reader, day).catch((cause: unknown) => {
    if (cause instanceof ExhibitError) return undefined;
    throw cause;
  });
  if (manifest === undefined) return;
  if (!there) await writeManifestCopy(reader.folder, manifest);
  if (!uploaded) await bucket.put(key, manifestCopy(manifest), { ifAbsent: true });
}
