import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Files } from './types.ts';

/**
 * Writes files into a fresh folder, calls with its path, and removes it. `opa` runs in there with relative paths, so that
 * neither the place of the repository nor anything else that lies in it reaches messages or compiled bytes.
 *
 * Written at once: 300 small files take 15 ms so and 200 ms one by one through the thread pool, and the tool starts before
 * the caller's own work goes on.
 */
export async function withStage<T>(files: Files, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-'));
  try {
    const made = new Set<string>([folder]);
    for (const [name, data] of files) {
      const path = join(folder, name);
      const parent = dirname(path);
      if (!made.has(parent)) mkdirSync(parent, { recursive: true });
      made.add(parent);
      writeFileSync(path, data);
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
