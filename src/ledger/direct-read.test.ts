import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { directReader } from './direct-read.ts';

/** Lengths about the ends of blocks, of the memory that is read into, and beyond it. */
const LENGTHS = [0, 1, 511, 4_095, 4_096, 4_097, 65_536, 200_001, 262_144, 262_145, 2_000_000];
const MOST = 262_144;

// A disk, and a file system in memory, which has direct reads in newer kernels only.
describe.each(['/dev/shm', tmpdir()])('files below %s', (root) => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(
      join(statSync(root, { throwIfNoEntry: false }) ? root : tmpdir(), 'exhibit-direct-'),
    );
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('of every length are read as readFileSync reads them, and what was read before stays as it is', () => {
    const read = directReader(MOST);
    const files = LENGTHS.map((length, at) => {
      const path = join(folder, `${length}`);
      writeFileSync(path, Buffer.alloc(length, at + 1));
      return { path, bytes: read(path) };
    });
    for (const { path, bytes } of files) expect(Buffer.compare(bytes, readFileSync(path)), path).toBe(0);
  });

  it('that are not there are an error of the system', () => {
    expect(() => directReader(MOST)(join(folder, 'absent'))).toThrow(
      expect.objectContaining({ code: 'ENOENT' }),
    );
  });
});
