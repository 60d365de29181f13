import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalize } from '../record/index.ts';
import { lakeWork } from './duckdb.ts';
import { writeWhole } from './install.ts';
import { manifestKey } from './keys.ts';
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

/** Writes the copy where it is missing: a writer may have died after the manifest was sealed. One that differs is left for verify to name. */
export async function repairCopy(folder: string, manifest: Manifest): Promise<void> {
  const copy = await readFile(join(folder, manifestKey(manifest.details.day))).catch(() => undefined);
  if (copy === undefined) await writeManifestCopy(folder, manifest);
}
