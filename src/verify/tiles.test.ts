import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExhibitError } from '../record/index.ts';
import {
  decodeEntries,
  decodeTile,
  entriesPath,
  foldRoots,
  growingTree,
  leafHash,
  parseTilePath,
  readEntry,
  readRecord,
  tileCount,
  tilePath,
  tileWidth,
  verifyBlob,
  verifyBundle,
} from './index.ts';
import { nodeCrypto } from './node.ts';
import { testRecord } from './testing/log.ts';
import { referenceTree } from './testing/reference.ts';

const { sha256 } = nodeCrypto;
const error = (code: string) => expect.objectContaining({ code });

describe('paths', () => {
  it.each([
    // c2sp.org/tlog-tiles: "index 1234067 will be encoded as x001/x234/067"
    [tilePath(0, 1_234_067), 'tile/0/x001/x234/067'],
    [tilePath(3, 0), 'tile/3/000'],
    [tilePath(0, 273, 112), 'tile/0/273.p/112'],
    [entriesPath(1000), 'tile/entries/x001/000'],
    [entriesPath(67, 1), 'tile/entries/067.p/1'],
  ])('%s', (path, expected) => {
    expect(path).toBe(expected);
  });

  it('are read back, and every tile has one path only', () => {
    const places = fc.record({
      level: fc.oneof(fc.integer({ min: 0, max: 63 }), fc.constant('entries' as const)),
      index: fc.maxSafeNat(),
      width: fc.integer({ min: 1, max: 256 }),
    });
    fc.assert(
      fc.property(places, (place) => {
        const { level, index, width } = place;
        const path = level === 'entries' ? entriesPath(index, width) : tilePath(level, index, width);
        expect(parseTilePath(path)).toEqual(place);
      }),
    );
    const wrong = [
      'tile/0/67',
      'tile/0/x000/067',
      'tile/0/067.p/256',
      'tile/0/067.p/0',
      'tile/00/067',
      'tile/64/067',
    ];
    expect(wrong.map(parseTilePath)).toEqual(wrong.map(() => undefined));
    expect(parseTilePath('tile/../checkpoint')).toBeUndefined();
  });

  it('exist as the specification counts them for 70,000 leaves', () => {
    // c2sp.org/tlog-tiles, "Partial Tiles": 273 full tiles and one of 112; one full and one of 17; one of 1
    expect([0, 1, 2, 3].map((level) => tileCount(level, 70_000))).toEqual([274, 2, 1, 0]);
    expect([tileWidth(0, 272, 70_000), tileWidth(0, 273, 70_000), tileWidth(0, 274, 70_000)]).toEqual([
      256, 112, 0,
    ]);
    expect([tileWidth(1, 0, 70_000), tileWidth(1, 1, 70_000), tileWidth(2, 0, 70_000)]).toEqual([256, 17, 1]);
    expect([tileWidth(0, 0, 256), tileWidth(1, 0, 256)]).toEqual([256, 1]);
  });
});

describe('entry bundles', () => {
  const bundle = Uint8Array.of(0, 2, 104, 105, 0, 0, 0, 1, 33);

  it('are taken apart', () => {
    expect(decodeEntries(bundle, 3, 'p').map((entry) => Buffer.from(entry).toString())).toEqual([
      'hi',
      '',
      '!',
    ]);
  });

  it.each([
    [bundle, 2, /3 entries instead of 2/],
    [bundle, 4, /3 entries instead of 4/],
    [bundle.slice(0, -1), 3, /ends within entry 2 \(at byte 6\)/],
    [Uint8Array.of(...bundle, 0), 3, /ends within entry 3 \(at byte 9\)/],
  ])('are refused when something is missing or too much', (bytes, width, message) => {
    expect(() => decodeEntries(bytes, width, 'p')).toThrow(message);
  });

  it('do not change while they are checked, even as a view into a larger buffer', () => {
    const pool = Buffer.concat([Buffer.alloc(5), bundle, Buffer.alloc(5)]);
    const entries = pool.subarray(5, 5 + bundle.length);
    const tile = Buffer.concat(['hi', '', '!'].map((text) => leafHash(sha256, Buffer.from(text))));
    const before = Buffer.from(pool);
    verifyBundle(sha256, { index: 0, width: 3, entries, tile });
    expect(pool.equals(before)).toBe(true);
  });

  it('of any bytes are checked or refused, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.uint8Array(),
        fc.integer({ min: 1, max: 4 }),
        (entries, tile, width) => {
          try {
            verifyBundle(sha256, { index: 0, width, entries, tile }, readEntry);
          } catch (thrown) {
            return isExhibitError(thrown, 'LEDGER_CORRUPT');
          }
          return false;
        },
      ),
    );
    expect(() => decodeTile(new Uint8Array(31), 1, 'p')).toThrowError(error('LEDGER_CORRUPT'));
  });
});

describe('the root, however the leaves are grouped', () => {
  it('is that of the definition', () => {
    const tree = referenceTree(sha256);
    const data = Array.from({ length: 70 }, (_, i) => Uint8Array.of(i));
    const leaves = data.map((one) => leafHash(sha256, one));
    for (let size = 0; size <= data.length; size += 1) {
      const expected = tree.root(data.slice(0, size));
      expect(foldRoots(sha256, leaves.slice(0, size))).toEqual(expected);
      // Groups of eight leaves, the last one narrower
      const growing = growingTree(sha256);
      const whole = size - (size % 8);
      for (let at = 0; at < whole; at += 8) growing.push(foldRoots(sha256, leaves.slice(at, at + 8)));
      const rest = size % 8 === 0 ? undefined : foldRoots(sha256, leaves.slice(whole, size));
      expect(growing.root(rest)).toEqual(expected);
    }
  });
});

describe('entries as records', () => {
  it('both readers agree on a record', () => {
    const bytes = testRecord(3);
    expect(readEntry(bytes)).toEqual({ record_type: 'heartbeat', recorded_at: '2026-01-01T00:00:03.000Z' });
    expect(readRecord(bytes)).toEqual(readEntry(bytes));
  });

  it.each([
    [{ schema: 'exhibit.record/2' }, /schema/],
    [{ recorded_at: '2026-01-01T00:00:03Z' }, /recorded_at/],
    [{ emitter: '' }, /emitter/],
    [{ record_type: 5 }, /record_type/],
    [
      { record_type: 'key', emitter: 'exhibit.ledger', details: { vkey: 'x', valid_from_size: -1 } },
      /valid_from_size/,
    ],
  ])('%j is refused', (fields, message) => {
    expect(() => readEntry(testRecord(3, fields))).toThrow(message);
  });

  it('any bytes are read or refused, and nothing else', () => {
    const json = fc.json().map((text) => new TextEncoder().encode(text));
    fc.assert(
      fc.property(fc.oneof(json, fc.uint8Array()), (bytes) => {
        for (const read of [readEntry, readRecord]) {
          try {
            read(bytes);
          } catch (thrown) {
            if (isExhibitError(thrown)) continue;
            throw thrown;
          }
          return false;
        }
        return true;
      }),
    );
  });

  it('JSON nested too deeply is refused', () => {
    const deep = new TextEncoder().encode(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    expect(() => readEntry(deep)).toThrowError(error('RECORD_INVALID'));
    const object = new TextEncoder().encode(`{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`);
    expect(() => readEntry(object)).toThrowError(error('RECORD_NOT_CANONICAL'));
  });
});

it('a blob is checked against its digest', () => {
  // FIPS 180-4, "abc"
  const digest = 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  expect(() => verifyBlob(sha256, digest, Buffer.from('abc'))).not.toThrow();
  expect(() => verifyBlob(sha256, digest, Buffer.from('abd'))).toThrowError(error('BLOB_DIGEST'));
});
