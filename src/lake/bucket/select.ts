import { openReader } from '../../ledger/index.ts';
import { type S3Store, versionsByKey } from '../../store/index.ts';
import { logDays } from '../calendar.ts';
import { checkName } from '../keys.ts';
import { closedAt, readManifest } from '../manifest.ts';
import { inParallel } from '../parallel.ts';
import type { ManifestFile } from '../types.ts';
import { locateManifests } from './locate.ts';
import { findWhole, type Versions } from './objects.ts';

/** Which of the auditor's files: those of a framework, of one control where it is named, and of days, both included. */
export interface Choice {
  framework: string;
  control?: string;
  from?: string;
  to?: string;
}

export interface Chosen {
  day: string;
  file: ManifestFile;
  /** When its day was closed, in milliseconds since 1970. */
  closed: number;
  /** The version with the bytes that the manifest names; undefined where there is none. */
  version: string | undefined;
}

/**
 * The files of a choice, as the manifests in the log of a bucket name them, a day at a time; what no manifest names is left alone.
 * A version that a manifest names is taken as it is listed; only where it is gone, bytes are read.
 * @throws ExhibitError USAGE; LAKE_MISMATCH, BLOB_MISSING, BLOB_DIGEST for a manifest that cannot be used; LEDGER_CORRUPT, STORE_FAILED
 */
export async function* chosenFiles(store: S3Store, choice: Choice): AsyncGenerator<Chosen[], void> {
  const { from, to } = choice;
  const framework = checkName('framework', choice.framework);
  const control = choice.control === undefined ? undefined : checkName('control', choice.control);
  const reader = await openReader(store);
  const days = (await logDays(reader)).filter(
    (day) => (from === undefined || day >= from) && (to === undefined || day <= to),
  );
  const { source } = await locateManifests(reader, store, days);
  const prefix = `evidence/${framework}/${control === undefined ? '' : `${control}/`}`;
  const versions = await versionsByKey(store, [prefix]);
  for (const day of days) {
    const manifest = await readManifest(source, day);
    if (manifest === undefined) continue;
    const closed = await closedAt(source, manifest);
    const files = manifest.files.filter(({ key }) => key.startsWith(prefix));
    const chosen = await inParallel(files, async (file): Promise<Chosen> => {
      const there = versions.get(file.key) ?? [];
      return { day, file, closed, version: await versionOf(store, file, there) };
    });
    if (chosen.length > 0) yield chosen;
  }
}

async function versionOf(store: S3Store, file: ManifestFile, there: Versions): Promise<string | undefined> {
  if (there.some(({ version, marker }) => version === file.version && !marker)) return file.version;
  return (await findWhole(store, file, there)).whole?.version;
}
