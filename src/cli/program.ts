import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The file by which the published program starts; the others are named after their content, so it names them all. */
const ENTRY = 'exhibit.js';

/**
 * Which program runs, as certain as a digest: of the published one, the file by which it starts and the names of all others.
 * @param folder where this module lies
 * @returns undefined for one that runs from its sources
 */
export async function programDigest(folder = import.meta.dirname): Promise<string | undefined> {
  try {
    const [entry, names] = await Promise.all([readFile(join(folder, ENTRY)), readdir(folder)]);
    const hash = createHash('sha256').update(entry);
    for (const name of names.filter((one) => /\.m?js$/.test(one)).sort()) hash.update(`\n${name}`);
    return hash.update(`\n${process.version}`).digest('hex');
  } catch {
    return undefined;
  }
}
