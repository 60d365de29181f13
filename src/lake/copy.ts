import { stat } from 'node:fs/promises';
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

/** The copies that the bucket shows; undefined where no bucket is behind the ledger. @throws ExhibitError STORE_FAILED */
export async function copiesShown({ bucket }: LedgerReader): Promise<ReadonlySet<string> | undefined> {
  return bucket === undefined ? undefined : new Set(await bucket.list('manifests/'));
}

/**
 * Writes the copy where it is missing, in the folder and in the bucket: a writer may have died after the manifest was sealed. One that differs is
 * left for verify to name.
 * @param shown what copiesShown found
 */
export async function repairCopy(
  reader: LedgerReader,
  day: string,
  shown: ReadonlySet<string> | undefined,
): Promise<void> {
  const key = manifestKey(day);
  const there = await stat(join(reader.folder, key)).catch(() => undefined);
  const { bucket } = reader;
  const uploaded = bucket === undefined || shown?.has(key) === true;
  if (there !== undefined && uploaded) return;
  // A list that cannot be read is named by verify; a copy is no reason to stop.
  const manifest = await readManifest(reader, day).catch((cause: unknown) => {
    if (cause instanceof ExhibitError) return undefined;
    throw cause;
  });
  if (manifest === undefined) return;
  if (there === undefined) await writeManifestCopy(reader.folder, manifest);
  if (!uploaded) await bucket.put(key, manifestCopy(manifest), { ifAbsent: true });
}
