import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file that the build makes beside the program; undefined in a checkout that was not built. */
export function builtFile(name: string): string | undefined {
  for (let at = dirname(fileURLToPath(import.meta.url)); at !== dirname(at); at = dirname(at))
    for (const file of [join(at, name), join(at, 'dist', name)]) if (existsSync(file)) return file;
  return undefined;
}
