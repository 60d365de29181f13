import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeEntries, foldRoots, leafHash } from '../verify/index.ts';
import { nodeCrypto } from '../verify/node.ts';
import { leafRow, rowRoot } from './hash-row.ts';
import { initLedger, openLedger, openReader, rebuildIndex, rotateKey } from './index.ts';
import { decision } from './testing/records.ts';

const NOW = Date.UTC(2026, 10, 23, 9);
const options = { clock: () => NOW, random: (length: number) => randomBytes(length) };
const SIZE = 600;
let work: string;
let honest: string;
let ids: string[];

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'exhibit-proven-'));
  honest = join(work, 'honest');
  await initLedger(honest, { origin: 'example.com/proven', ...options });
  const ledger = await openLedger(honest, options);
  const drafts = Array.from({ length: SIZE }, () => decision('ci', NOW));
  ({ record_ids: ids } = await ledger.append('ci', drafts));
  await ledger.seal();
  await ledger.close();
});

afterAll(() => rm(work, { recursive: true }));

let copies = 0;

/** A copy of the honest folder in which files of the log were changed. */
async function changed(change: (log: string) => void): Promise<string> {
  copies += 1;
  const folder = join(work, `copy-${copies}`);
  await cp(honest, folder, { recursive: true });
  change(join(folder, 'log', 'tile'));
  return folder;
}

function edit(path: string, change: (bytes: Buffer) => Buffer): void {
  const bytes = readFileSync(path);
  chmodSync(path, 0o644);
  writeFileSync(path, change(bytes));
}

/** The last record of a bundle says pass instead of fail, and stays as long. */
const forge = (bytes: Buffer): Buffer => {
  bytes.write('"verdict":"pass"', bytes.lastIndexOf('"verdict":"fail"'));
  return bytes;
};

/** Leaf hashes of a bundle by RFC 6962: what the forger puts into the tile. */
function leaves(bundle: Buffer): Buffer {
  const hashes: Buffer[] = [];
  for (let at = 0; at < bundle.length; ) {
    const end = at + 2 + bundle.readUInt16BE(at);
    const leaf = Buffer.concat([Buffer.of(0), bundle.subarray(at + 2, end)]);
    hashes.push(createHash('sha256').update(leaf).digest());
    at = end;
  }
  return Buffer.concat(hashes);
}

const forgeries: [string, number, (tile: string) => void][] = [
  ['a record of a full bundle', 255, (tile) => edit(join(tile, 'entries', '000'), forge)],
  ['a record of the last bundle', 599, (tile) => edit(join(tile, 'entries', '002.p', '88'), forge)],
  [
    'a full bundle with its tile',
    511,
    (tile) => {
      edit(join(tile, 'entries', '001'), forge);
      edit(join(tile, '0', '001'), () => leaves(readFileSync(join(tile, 'entries', '001'))));
    },
  ],
  [
    'the last bundle with its tile',
    599,
    (tile) => {
      edit(join(tile, 'entries', '002.p', '88'), forge);
      edit(join(tile, '0', '002.p', '88'), () => leaves(readFileSync(join(tile, 'entries', '002.p', '88'))));
    },
  ],
];

const corrupt = { code: 'LEDGER_CORRUPT' };

describe.each(forgeries)('%s was forged', (_name, index, change) => {
  it('is given out by no call of a reader', async () => {
    const folder = await changed(change);
    const reader = await openReader(folder);
    const all = async () => {
      for await (const entry of reader.entries(0, SIZE)) expect(entry.bytes.length).toBeGreaterThan(0);
    };
    await expect(all()).rejects.toMatchObject(corrupt);
    await expect(reader.entry(index)).rejects.toMatchObject(corrupt);
    await expect(reader.proof(index)).rejects.toMatchObject(corrupt);
    await expect(reader.find(ids[index] ?? '')).rejects.toMatchObject(corrupt);
    await reader.close();
  });

  it('is not put into the index', async () => {
    await expect(rebuildIndex(await changed(change))).rejects.toMatchObject(corrupt);
  });
});

describe('a writer', () => {
  it.each(forgeries.filter(([, index]) => index === 599))(
    'does not write on where %s was forged',
    async (_name, _index, change) => {
      const folder = await changed(change);
      const before = readFileSync(join(folder, 'log', 'checkpoint'), 'utf8');
      const ledger = await openLedger(folder, options);
      await ledger.append('ci', [decision('ci', NOW)]);
      await expect(ledger.seal()).rejects.toMatchObject(corrupt);
      await ledger.close();
      expect(readFileSync(join(folder, 'log', 'checkpoint'), 'utf8')).toBe(before);
      await expect(rotateKey(folder, options)).rejects.toMatchObject(corrupt);
    },
  );
});

describe('a tile that was changed', () => {
  const flip = (bytes: Buffer): Buffer => {
    bytes[5] = (bytes[5] ?? 0) ^ 1;
    return bytes;
  };
  it.each([
    ['a full one', '0/000'],
    ['the last of its level', '0/002.p/88'],
    ['one above', '1/000.p/2'],
  ])('makes no proof and no earlier root: %s', async (_name, path) => {
    const reader = await openReader(await changed((tile) => edit(join(tile, path), flip)));
    await expect(reader.proof(10)).rejects.toMatchObject(corrupt);
    await expect(reader.rootAt(100)).rejects.toMatchObject(corrupt);
  });
});

it('says which record differs', async () => {
  const reader = await openReader(await changed((tile) => edit(join(tile, 'entries', '001'), forge)));
  await expect(reader.entry(300)).rejects.toMatchObject({ details: { kind: 'edited', index: 511 } });
  // What is whole can still be read.
  expect((await reader.entry(599)).index).toBe(599);
});

it('hashes rows as the verifier hashes one by one', () => {
  const bundle = Buffer.concat(
    Array.from({ length: 256 }, (_, i) =>
      Buffer.concat([Buffer.of(i >> 4, (i & 15) << 4), randomBytes(i * 16)]),
    ),
  );
  const before = Buffer.from(bundle);
  const entries = decodeEntries(bundle, 256, 'bundle');
  const hashes = entries.map((entry) => leafHash(nodeCrypto.sha256, entry));
  const row = leafRow(entries);
  expect(row).toEqual(Buffer.concat(hashes));
  expect(bundle).toEqual(before);
  expect(rowRoot(row)).toEqual(Buffer.from(foldRoots(nodeCrypto.sha256, hashes)));
});
