import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blobKey, type FolderStore, folderStore, getBlob, putBlob } from './index.ts';

let root: string;
let store: FolderStore;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'exhibit-store-'));
  store = folderStore(root);
});
afterEach(() => rmSync(root, { recursive: true }));

const bytes = (text: string) => new TextEncoder().encode(text);
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest();

describe('a folder of objects', () => {
  it('gives back what was put, lists by prefix, and forgets what was deleted', async () => {
    await store.put('log/tile/0/000', bytes('a'));
    await store.put('log/tile/0/000.p/7', bytes('b'));
    await store.put('log/tile/entries/000', bytes('c'));
    await store.put('log-other', bytes('d'));
    expect(await store.get('log/tile/0/000.p/7')).toEqual(bytes('b'));
    expect(await store.get('log/tile/0/001')).toBeUndefined();
    expect(await store.get('log/tile/0/000/below-a-file')).toBeUndefined();
    expect(await store.list('log')).toEqual([
      'log-other',
      'log/tile/0/000',
      'log/tile/0/000.p/7',
      'log/tile/entries/000',
    ]);
    expect(await store.list('log/tile/0/000.')).toEqual(['log/tile/0/000.p/7']);
    expect(await store.list('nothing/')).toEqual([]);
    await store.delete('log/tile/0/000');
    await store.delete('never/was');
    expect(await store.list('log/tile/0')).toEqual(['log/tile/0/000.p/7']);
  });

  it('replaces an object whole, and leaves files that nobody may write', async () => {
    await store.put('a/b', bytes('one'));
    await store.put('a/b', bytes('two'));
    expect(readFileSync(join(root, 'a/b'), 'utf8')).toBe('two');
    expect(statSync(join(root, 'a/b')).mode & 0o222).toBe(0);
    expect(await store.list('')).toEqual(['a/b']);
  });

  it('does not replace another object where it must be absent, also when two come at once', async () => {
    const once = { ifAbsent: true };
    await store.put('k', bytes('one'), once);
    await store.put('k', bytes('one'), once);
    await expect(store.put('k', bytes('two'), once)).rejects.toMatchObject({ code: 'LEDGER_IO' });
    const race = await Promise.allSettled(
      ['x', 'y', 'x', 'y'].map((text) => store.put('r', bytes(text), once)),
    );
    const winner = Buffer.from((await store.get('r')) ?? []).toString();
    expect(race.map(({ status }) => status)).toEqual(
      ['x', 'y', 'x', 'y'].map((text) => (text === winner ? 'fulfilled' : 'rejected')),
    );
    expect(await store.list('')).toEqual(['k', 'r']);
  });

  it('puts many, and says when one of them could not be written', async () => {
    const many = Array.from({ length: 100 }, (_, i) => ({ key: `t/${i % 7}/${i}`, bytes: bytes(`${i}`) }));
    await store.putAll(many);
    for (const { key, bytes: wanted } of many) expect(await store.get(key)).toEqual(wanted);
    writeFileSync(join(root, 'file'), '');
    const bad = [...many, { key: 'file/below', bytes: bytes('x') }];
    await expect(store.putAll(bad)).rejects.toMatchObject({ code: 'LEDGER_IO' });
  });

  it.each(['../a', 'a/../b', '/a', 'a//b', '', '.', 'a\0b', 'a\\b', 'ü', 'x'.repeat(2000)])(
    'refuses the key %j, which could lead out of it',
    async (key) => {
      await expect(store.put(key, bytes('x'))).rejects.toMatchObject({ code: 'USAGE' });
      await expect(store.get(key)).rejects.toMatchObject({ code: 'USAGE' });
    },
  );
});

describe('blobs', () => {
  // SHA-256 of `abc`, FIPS 180-2 appendix B.1.
  const digest = 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

  it('lie below their digest and are checked when read', async () => {
    expect(await putBlob(store, sha256, bytes('abc'))).toBe(digest);
    expect(blobKey(digest)).toBe(`blobs/sha256/ba/${digest.slice(9)}`);
    expect(await getBlob(store, sha256, digest)).toEqual(bytes('abc'));
    const path = join(root, blobKey(digest));
    chmodSync(path, 0o644);
    writeFileSync(path, 'abd');
    await expect(getBlob(store, sha256, digest)).rejects.toMatchObject({
      code: 'BLOB_DIGEST',
      details: { expected: digest },
    });
    // Putting it again mends it.
    await putBlob(store, sha256, bytes('abc'));
    expect(await getBlob(store, sha256, digest)).toEqual(bytes('abc'));
  });

  it('that are missing are named', async () => {
    await expect(getBlob(store, sha256, digest)).rejects.toMatchObject({ code: 'BLOB_MISSING' });
    await expect(getBlob(store, sha256, 'sha256:../../x')).rejects.toMatchObject({ code: 'USAGE' });
  });
});
