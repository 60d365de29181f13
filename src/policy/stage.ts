import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Files } from './types.ts';

/**
 * Writes files into a fresh folder, calls with its path, and removes it. `opa` runs in there with relative paths, so that
 * neither the place of the repository nor anything else that lies in it reaches messages or compiled bytes.
 */
export async function withStage<T>(files: Files, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'exhibit-'));
  try {
    for (const [name, data] of files) {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, data);
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
