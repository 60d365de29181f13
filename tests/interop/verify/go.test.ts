import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  entriesPath,
  formatCheckpoint,
  formatNote,
  formatSignature,
  formatVkey,
  leafHash,
  makeVkey,
  openNote,
  parseVkey,
  tilePath,
  verifyConsistency,
  verifyInclusion,
} from '../../../src/verify/index.ts';
import { nodeCrypto } from '../../../src/verify/node.ts';

/** The version of golang.org/x/mod that is compared with. */
const MODULE = 'golang.org/x/mod v0.33.0';

const { sha256 } = nodeCrypto;
const work = mkdtempSync(join(tmpdir(), 'exhibit-go-'));
afterAll(() => rmSync(work, { recursive: true }));

function prepare(): string {
  if (spawnSync('go', ['version']).status !== 0) return 'Go is not installed';
  copyFileSync(new URL('oracle.go.txt', import.meta.url), join(work, 'main.go'));
  writeFileSync(join(work, 'go.mod'), `module oracle\n\ngo 1.22\n\nrequire ${MODULE}\n`);
  const built = spawnSync('go', ['build', '-mod=mod', '-o', 'oracle', '.'], { cwd: work, encoding: 'utf8' });
  return built.status === 0 ? '' : `${MODULE} could not be built: ${built.stderr}`;
}
const reason = prepare();
if (reason !== '' && process.env.CI === 'true') throw new Error(reason);

const run = (command: string, input: unknown): unknown =>
  JSON.parse(
    execFileSync(join(work, 'oracle'), [command], {
      input: JSON.stringify(input),
      maxBuffer: 2 ** 28,
    }).toString(),
  );

const base64 = z.string().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));
const hashes = z
  .array(base64)
  .nullable()
  .transform((list) => list ?? []);

describe.skipIf(reason !== '')(
  `golang.org/x/mod/sumdb${reason === '' ? '' : ` (skipped: ${reason})`}`,
  () => {
    it('proofs made by tlog verify here, for all sizes to 40 and some larger ones', () => {
      const schema = z.object({
        roots: z.record(z.string(), base64),
        inclusion: z.array(z.object({ size: z.int(), index: z.int(), proof: hashes })),
        consistency: z.array(z.object({ size1: z.int(), size2: z.int(), proof: hashes })),
      });
      const sizes = [...Array.from({ length: 40 }, (_, i) => i + 1), 255, 256, 257, 1000];
      const { roots, inclusion, consistency } = schema.parse(run('prove', { sizes }));
      const root = (size: number) => roots[String(size)] ?? expect.fail('no root');
      for (const { size, index, proof } of inclusion) {
        const leaf = leafHash(sha256, Buffer.from(`record ${index}`));
        verifyInclusion(sha256, { leafHash: leaf, index, size, proof, root: root(size) });
      }
      for (const { size1, size2, proof } of consistency) {
        verifyConsistency(sha256, { size1, root1: root(size1), size2, root2: root(size2), proof });
      }
      const leaves = sizes.reduce((sum, size) => sum + size, 0);
      expect([inclusion.length, consistency.length]).toEqual([
        leaves,
        (sizes.length * (sizes.length + 1)) / 2,
      ]);
    });

    it('a note signed by note.Sign opens here', () => {
      const schema = z.object({ vkey: z.string(), note: z.string() });
      const text = 'example.com/log\n3\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n';
      for (let i = 0; i < 20; i += 1) {
        const { vkey, note } = schema.parse(run('sign', { name: 'example.com/log', text }));
        const key = parseVkey(sha256, vkey);
        expect(formatVkey(key)).toBe(vkey);
        expect(openNote(note, [key], nodeCrypto)).toEqual({ text, signers: [{ key, time: undefined }] });
      }
    });

    it('a note signed here is opened by note.Open', () => {
      const { privateKey, publicKey } = generateKeyPairSync('ed25519');
      const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
      const key = makeVkey(sha256, 'example.com/exhibit', raw);
      const text = formatCheckpoint({
        origin: key.name,
        size: 12,
        root: new Uint8Array(32).fill(3),
        extensions: [],
      });
      const note = formatNote(text, [formatSignature(key, sign(null, Buffer.from(text), privateKey))]);
      expect(run('open', { vkey: formatVkey(key), note })).toEqual({ text, error: '' });
      expect(run('open', { vkey: formatVkey(key), note: note.replace('12', '13') })).toMatchObject({
        error: expect.stringContaining('invalid signature'),
      });
    });

    it('tile paths are those of tlog.Tile.Path', () => {
      const places = [0, 1, 67, 999, 1000, 1_234_067, 999_999_999, 2 ** 40].flatMap((index) =>
        [1, 17, 255, 256].flatMap((width) => [0, 1, 5].map((level) => ({ level, index, width }))),
      );
      // Go's path names the height of a tile too, and calls the entries of a bundle data.
      const paths = z.array(z.object({ hashes: z.string(), data: z.string() })).parse(run('paths', places));
      places.forEach(({ level, index, width }, i) => {
        expect(paths[i]?.hashes.replace('tile/8/', 'tile/')).toBe(tilePath(level, index, width));
        expect(paths[i]?.data.replace('tile/8/data/', 'tile/entries/')).toBe(entriesPath(index, width));
      });
    });
  },
);
