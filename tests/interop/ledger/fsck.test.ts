import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initLedger, openLedger } from '../../../src/ledger/index.ts';
// Not part of the ledger's contract: records for tests.
import { decision } from '../../../src/ledger/testing/records.ts';
import { fsck as fsckOf, present, success, why } from './fsck.ts';

const work = await mkdtemp(join(tmpdir(), 'exhibit-fsck-'));
const folder = join(work, 'ledger');
const vkeyFile = join(work, 'log.vkey');
let root = '';
const clock = () => Date.now();
const random = (length: number) => randomBytes(length);

beforeAll(async () => {
  const { vkey } = await initLedger(folder, { origin: 'example.com/fsck', clock, random });
  await writeFile(vkeyFile, vkey);
});
afterAll(() => rm(work, { recursive: true }));

const fsck = () => fsckOf(`${pathToFileURL(folder)}/log/`, vkeyFile);

describe.skipIf(!present)(`a log folder and Tessera's fsck${why}`, () => {
  it('agree at every kind of size: one entry, partial, full and second-level tiles', async () => {
    const ledger = await openLedger(folder, { clock, random });
    let size = 0;
    for (const to of [1, 2, 255, 256, 257, 600, 65_536, 65_537, 70_000]) {
      const records = Array.from({ length: to - size }, () => decision('ci', clock()));
      await ledger.append('ci', records, { validated: true });
      const sealed = await ledger.seal();
      size = sealed.size;
      expect(size).toBe(to);
      expect(await fsck()).toContain(success(to, sealed.root));
      root = sealed.root;
    }
    await ledger.close();
  });

  it('fail together when one bit of an entry is changed', async () => {
    const path = join(folder, 'log/tile/entries/017');
    const good = await readFile(path);
    const bad = Buffer.from(good);
    bad[1234] = (bad[1234] ?? 0) ^ 1;
    await rm(path);
    await writeFile(path, bad);
    expect(await fsck()).toContain('fsck failed: failed: tile/0/017');
    await rm(path);
    await writeFile(path, good);
    expect(await fsck()).toContain(success(70_000, root));
  });
});
