import { lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ExhibitError } from '../../record/index.ts';
import type { Files } from '../types.ts';
import { EXPORT_FILE, parseManifest } from './manifest.ts';

/** Larger than any file of an export. */
const MAX_FILE = 64 * 1024 * 1024;

/** The files of an export folder; empty where there is none. Links are named, not followed. */
export async function readExport(folder: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const walk = async (below: string): Promise<void> => {
    const entries = await readdir(join(folder, below), { withFileTypes: true }).catch((cause: unknown) => {
      if ((cause as { code?: string }).code === 'ENOENT') return [];
      throw cause;
    });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) await walk(path);
      else if (!entry.isFile()) files.set(path, new Uint8Array());
      else {
        const { size } = await lstat(join(folder, path));
        if (size > MAX_FILE)
          throw new ExhibitError('INPUT_TOO_LARGE', `${path} is larger than ${MAX_FILE} bytes.`, {
            location: { file: join(folder, path) },
          });
        files.set(path, await readFile(join(folder, path)));
      }
    }
  };
  await walk('');
  return files;
}

/**
 * Writes an export into a folder that is empty or holds an export already. Files of the former one that are in the new one
 * no longer are removed; a file that no export wrote stays. The manifest comes last.
 * @throws ExhibitError USAGE for a folder that holds something else
 */
export async function writeExport(folder: string, files: Files, manifest: Uint8Array): Promise<void> {
  const before = await readExport(folder);
  const old = before.get(EXPORT_FILE);
  if (old === undefined && before.size > 0) {
    throw new ExhibitError('USAGE', `${folder} holds files and is no export.`, {
      hint: 'Name an empty folder.',
      location: { file: folder },
    });
  }
  const former = old === undefined ? {} : parseManifest(old, join(folder, EXPORT_FILE)).files;
  for (const path of Object.keys(former)) {
    // A manifest that somebody wrote must not name a file outside.
    if (before.has(path) && !files.has(path)) await rm(join(folder, path));
  }
  for (const [path, data] of [...files, [EXPORT_FILE, manifest] as const]) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, data);
  }
}
