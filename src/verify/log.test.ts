import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isExhibitError } from '../record/index.ts';
import {
  checkBundle,
  formatProof,
  formatVkey,
  handoverPath,
  type LogOptions,
  makeVkey,
  readEntry,
  readRecord,
  type VerifierKey,
  verifyLog,
} from './index.ts';
import { nodeCrypto } from './node.ts';
import {
  bundleBytes,
  keyRecord,
  logFiles,
  signedCheckpoint,
  type TestKey,
  testRecord,
} from './testing/log.ts';
import { referenceTree } from './testing/reference.ts';

const ORIGIN = 'example.com/exhibit/test';
const { sha256 } = nodeCrypto;

function testKey(name = ORIGIN): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  return { key: makeVkey(sha256, name, raw), sign: (message) => sign(null, message, privateKey) };
}

const signer = testKey();
const records = Array.from({ length: 1000 }, (_, i) => testRecord(i));
const logOf = (entries: Uint8Array[], by = [signer]) => logFiles(sha256, entries, by);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

type Files = Map<string, Uint8Array>;

const verify = (files: Files, options: LogOptions = {}, keys: VerifierKey[] = [signer.key]) =>
  verifyLog((path) => files.get(path), nodeCrypto, keys, options);

/** Code and details of the failure; fails the test where there is none. */
async function failure(files: Files, options: LogOptions = {}, keys: VerifierKey[] = [signer.key]) {
  try {
    await verify(files, options, keys);
  } catch (error) {
    if (isExhibitError(error)) return { ...error.details, code: error.code, message: error.message };
    throw error;
  }
  return expect.fail('the log was accepted');
}

const rootOf = (entries: Uint8Array[]): Uint8Array => referenceTree(sha256).root(entries);

describe('a log that was not touched', () => {
  it.each([0, 1, 2, 255, 256, 257, 511, 512, 700])('of %d records verifies', async (size) => {
    const result = await verify(logOf(records.slice(0, size)), { readEntry: readRecord, origin: ORIGIN });
    expect(result.checkpoint.size).toBe(size);
    expect(result.recorded?.first).toBe(size === 0 ? undefined : '2026-01-01T00:00:00.000Z');
  });

  it('of 66,000 records, with three levels of tiles, verifies', async () => {
    // 66,000 = 257 full bundles and 208 records: a full tile and a partial one at level 1, one hash at level 2.
    const entries = Array.from({ length: 66_000 }, (_, i) => bytes(`entry ${i}`));
    const files = logOf(entries);
    expect([...files.keys()].filter((path) => path.startsWith('tile/2/'))).toEqual(['tile/2/000.p/1']);
    const known = [1, 255, 256, 300, 65_536, 65_999, 66_000].map((size) =>
      signedCheckpoint(rootOf(entries.slice(0, size)), size, [signer]),
    );
    expect((await verify(files, { known })).known).toBe(7);
    const tile = Buffer.from(files.get('tile/1/000') ?? '');
    tile.writeUInt8(tile.readUInt8(7 * 32) ^ 1, 7 * 32);
    // Hash 7 of the first tile at level 1 covers the records 1,792 to 2,047.
    const place = { code: 'LEDGER_CORRUPT', kind: 'tile', path: 'tile/1/000', index: 1792, last: 2047 };
    expect(await failure(files.set('tile/1/000', tile))).toMatchObject(place);
  });

  it('verifies when a full tile took the place of a partial one', async () => {
    const files = logOf(records.slice(0, 700));
    const later = logOf(records.slice(0, 800));
    for (const path of ['tile/0/002', 'tile/entries/002']) {
      files.delete(`${path}.p/188`);
      files.set(path, later.get(path) ?? expect.fail('no full tile'));
    }
    expect((await verify(files)).checkpoint.size).toBe(700);
  });

  it('takes bundles that were checked elsewhere, and reports progress in order', async () => {
    const files = logOf(records);
    const elsewhere: number[] = [];
    const seen: number[] = [];
    await verify(files, {
      window: 3,
      progress: (done) => seen.push(done),
      // What crosses to a thread and back must survive structured cloning.
      checkBundle: async (request) => {
        elsewhere.push(request.index);
        const result = await checkBundle((path) => files.get(path), sha256, structuredClone(request));
        return structuredClone(result);
      },
    });
    expect(elsewhere).toEqual([0, 1, 2, 3]);
    expect(seen).toEqual([256, 512, 768, 1000]);
  });
});

describe('what was done to records is told, with the place', () => {
  const withBundle = (entries: Uint8Array[]): Files =>
    logOf(records).set('tile/entries/001', bundleBytes(entries));
  const second = records.slice(256, 512);

  it('edited', async () => {
    const files = withBundle(second.with(10, testRecord(266, { message: 'nothing happened' })));
    expect(await failure(files)).toMatchObject({
      code: 'LEDGER_CORRUPT',
      kind: 'edited',
      index: 266,
      path: 'tile/entries/001',
    });
  });

  it('every flipped bit of a bundle', async () => {
    const original = bundleBytes(second.slice(0, 4));
    const files = logOf(second.slice(0, 4));
    for (let bit = 0; bit < original.length * 8; bit += 7) {
      const changed = Uint8Array.from(original);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const result = await failure(files.set('tile/entries/000.p/4', changed));
      expect(result.code).toBe('LEDGER_CORRUPT');
    }
  });

  it('removed, so that all later records move up', async () => {
    const files = withBundle([...second.toSpliced(10, 1), records[512] ?? bytes('')]);
    expect(await failure(files)).toMatchObject({ kind: 'removed', index: 266 });
  });

  it('removed at the end of a bundle', async () => {
    const files = withBundle(second.with(255, records[512] ?? bytes('')));
    expect(await failure(files)).toMatchObject({ kind: 'removed', index: 511, home: 512 });
  });

  it('reordered within a bundle', async () => {
    const files = withBundle(second.with(3, second[9] ?? bytes('')).with(9, second[3] ?? bytes('')));
    expect(await failure(files)).toMatchObject({ kind: 'reordered', index: 259 });
  });

  it('two neighbours that changed places', async () => {
    const files = withBundle(second.with(3, second[4] ?? bytes('')).with(4, second[3] ?? bytes('')));
    expect(await failure(files)).toMatchObject({ kind: 'reordered', index: 259 });
  });

  it('bytes behind the last record', async () => {
    const files = withBundle(second);
    files.set('tile/entries/001', Buffer.concat([bundleBytes(second), Uint8Array.of(0)]));
    expect(await failure(files)).toMatchObject({ kind: 'inserted', path: 'tile/entries/001' });
  });

  it('reordered across bundles', async () => {
    const files = withBundle(second.with(3, records[900] ?? bytes('')));
    expect(await failure(files)).toMatchObject({ kind: 'reordered', index: 259, home: 900 });
  });

  it('inserted', async () => {
    const files = withBundle(second.toSpliced(5, 0, testRecord(5000)));
    expect(await failure(files)).toMatchObject({ kind: 'inserted', index: 261 });
  });

  it('a bundle of a million empty records', async () => {
    const files = logOf(records).set('tile/entries/001', new Uint8Array(2_000_000));
    expect(await failure(files)).toMatchObject({ code: 'LEDGER_CORRUPT', index: 256 });
  });

  it('truncated within a record', async () => {
    const files = withBundle(second);
    files.set('tile/entries/001', bundleBytes(second).slice(0, -5));
    expect(await failure(files)).toMatchObject({ kind: 'truncated', index: 511 });
  });

  it('cut off after a record', async () => {
    expect(await failure(withBundle(second.slice(0, 100)))).toMatchObject({ kind: 'truncated', index: 356 });
  });

  it.each(['tile/entries/001', 'tile/0/002', 'tile/1/000.p/3'])('%s missing', async (path) => {
    const files = logOf(records);
    expect(files.delete(path)).toBe(true);
    expect(await failure(files)).toMatchObject({ code: 'LEDGER_CORRUPT', kind: 'missing', path });
  });

  it('edited together with the leaf hash: the tile above tells', async () => {
    const changed = records.with(300, testRecord(300, { message: 'changed' }));
    const [files, forged] = [logOf(records), logOf(changed)];
    for (const path of ['tile/entries/001', 'tile/0/001']) files.set(path, forged.get(path) ?? bytes(''));
    expect(await failure(files)).toMatchObject({
      kind: 'tile',
      index: 256,
      last: 511,
      path: 'tile/1/000.p/3',
    });
  });

  it('edited together with all tiles: the signed root tells', async () => {
    const files = logOf(records.with(300, testRecord(300, { message: 'changed' })));
    files.set('checkpoint', logOf(records).get('checkpoint') ?? bytes(''));
    expect(await failure(files)).toMatchObject({
      code: 'LEDGER_CORRUPT',
      kind: 'rebuilt',
      index: 0,
      last: 999,
    });
    const known = [signedCheckpoint(rootOf(records.slice(0, 280)), 280, [signer])];
    expect(await failure(files, { known })).toMatchObject({ kind: 'rebuilt', index: 280, last: 999 });
  });

  it('not a record, where records are asked for', async () => {
    const files = logOf([...records.slice(0, 5), bytes('{"b":1,"a":2}'), ...records.slice(6, 9)]);
    expect(await failure(files, { readEntry })).toMatchObject({ code: 'RECORD_NOT_CANONICAL', index: 5 });
    expect((await verify(files)).checkpoint.size).toBe(9);
  });

  it('recorded_at that goes back, also across bundles', async () => {
    const back = testRecord(256, { recorded_at: '2025-12-31T23:59:59.999Z' });
    const files = logOf([...records.slice(0, 256), back]);
    expect(await failure(files, { readEntry })).toMatchObject({
      code: 'LEDGER_CORRUPT',
      kind: 'time',
      index: 256,
    });
  });
});

describe('checkpoints seen before', () => {
  it('a smaller log is a rollback', async () => {
    const known = [signedCheckpoint(rootOf(records), 1000, [signer])];
    const result = await failure(logOf(records.slice(0, 900)), { known });
    expect(result).toMatchObject({ code: 'LEDGER_ROLLBACK', size: 900, known: 1000 });
  });

  it('another root at the same size is a fork', async () => {
    const known = [signedCheckpoint(rootOf(records.with(0, bytes('other'))), 1000, [signer])];
    expect(await failure(logOf(records), { known })).toMatchObject({ code: 'LEDGER_FORK', size: 1000 });
  });

  it('a log that was rewritten and signed again is told, between the checkpoints', async () => {
    const at = (size: number) => signedCheckpoint(rootOf(records.slice(0, size)), size, [signer]);
    const files = logOf(records.with(300, testRecord(300, { message: 'changed' })));
    const result = await failure(files, { known: [at(700), at(256), at(290)] });
    expect(result).toMatchObject({ code: 'LEDGER_ROLLBACK', index: 290, last: 699, size: 700 });
  });

  it.each([512, 700])('one checkpoint at size %d is enough', async (size) => {
    const known = [signedCheckpoint(rootOf(records.slice(0, size)), size, [signer])];
    const files = logOf(records.with(300, testRecord(300, { message: 'changed' })));
    expect(await failure(files, { known })).toMatchObject({ code: 'LEDGER_ROLLBACK', index: 0, size });
  });

  it('of another log are refused', async () => {
    const known = [
      { origin: 'example.com/other', size: 1, root: rootOf(records.slice(0, 1)), extensions: [] },
    ];
    expect((await failure(logOf(records), { known })).message).toMatch(/example\.com\/other/);
  });

  it('a known checkpoint with a wrong signature is refused', async () => {
    const known = [signedCheckpoint(rootOf(records), 1000, [testKey()])];
    expect(await failure(logOf(records), { known })).toMatchObject({ code: 'CHECKPOINT_INVALID' });
  });

  it('takes a size and root from elsewhere', async () => {
    const known = [{ origin: ORIGIN, size: 10, root: new Uint8Array(32), extensions: [] }];
    expect(await failure(logOf(records), { known })).toMatchObject({ code: 'LEDGER_ROLLBACK', size: 10 });
  });
});

describe('a new key', () => {
  const next = testKey();
  const third = testKey();
  /** Log of 400 records in which record 199 announces `next`, and the proof of that under the old key at size 200. */
  function rotated(by: TestKey, validFrom = 200, oldSize = 200, announce = keyRecord) {
    const announcement = announce(199, formatVkey(next.key), validFrom);
    const entries = records.slice(0, 400).with(199, announcement);
    const files = logOf(entries, [by]);
    const before = entries.slice(0, oldSize);
    const proof = formatProof({
      index: 199,
      hashes: referenceTree(sha256).inclusion(199, before),
      checkpoint: signedCheckpoint(rootOf(before), oldSize, [signer]),
      extra: announcement,
    });
    return { files: files.set(handoverPath(next.key.id), bytes(proof)), entries };
  }

  it('is trusted when the old one announced it', async () => {
    const { files } = rotated(next);
    const result = await verify(files, { readEntry: readRecord });
    expect(result.handovers.map(({ key }) => key.id)).toEqual([next.key.id]);
    expect(result.checkpoint.key.id).toBe(next.key.id);
  });

  it('is not trusted without the announcement', async () => {
    const { files } = rotated(next);
    files.delete(handoverPath(next.key.id));
    expect(await failure(files)).toMatchObject({ code: 'CHECKPOINT_INVALID' });
  });

  it('is not trusted when somebody else announced it', async () => {
    const { files } = rotated(next);
    expect(await failure(files, {}, [testKey().key])).toMatchObject({ code: 'CHECKPOINT_INVALID' });
  });

  it('is not trusted when an emitter announced it, and not the ledger', async () => {
    const byEmitter: typeof keyRecord = (i, vkey, valid_from_size) =>
      testRecord(i, { record_type: 'key', details: { vkey, valid_from_size } });
    const { files } = rotated(next, 200, 200, byEmitter);
    expect((await failure(files)).message).toMatch(/announces no key/);
    const old = rotated(signer, 200, 200, byEmitter);
    expect((await verify(old.files, { readEntry })).checkpoint.size).toBe(400);
  });

  it('is not trusted for another key than the one announced', async () => {
    const { files } = rotated(third);
    files.set(handoverPath(third.key.id), files.get(handoverPath(next.key.id)) ?? bytes(''));
    expect(await failure(files)).toMatchObject({ code: 'CHECKPOINT_INVALID' });
  });

  it('does not sign before its size', async () => {
    const { files } = rotated(next, 401);
    expect((await failure(files)).message).toMatch(/valid from size 401/);
  });

  it('is not trusted by a checkpoint of the old key behind its end', async () => {
    const { files } = rotated(next, 200, 210);
    expect((await failure(files)).message).toMatch(/signed size 210, but it ended at size 200/);
  });

  it('ends the old key: one that was stolen signs no larger log', async () => {
    const { files } = rotated(signer);
    expect(await failure(files, { readEntry })).toMatchObject({
      code: 'CHECKPOINT_INVALID',
      kind: 'retired-key',
      index: 199,
    });
  });

  it('may sign together with the old one where it takes over', async () => {
    const { entries } = rotated(next);
    const files = logOf(entries.slice(0, 200), [signer, next]);
    for (const { key } of [signer, next]) {
      expect((await verify(files, { readEntry }, [key])).checkpoint.key.id).toBe(key.id);
    }
  });

  it('of another log, or none at all, in a key record changes nothing', async () => {
    for (const vkey of [formatVkey(testKey('example.com/other').key), 'no key']) {
      const record = keyRecord(1, vkey, 2);
      const files = logOf([...records.slice(0, 1), record, ...records.slice(2, 5)]);
      expect((await verify(files, { readEntry: readRecord })).checkpoint.size).toBe(5);
    }
  });

  /** A second announcement, record 299, of `third`, under `next` at size 300. */
  function rotatedTwice(secondFrom: number) {
    const all = rotated(next, secondFrom).entries.with(299, keyRecord(299, formatVkey(third.key), 300));
    const files = logOf(all, [third]);
    for (const [key, index, by] of [
      [next, 199, signer],
      [third, 299, next],
    ] as const) {
      const before = all.slice(0, index + 1);
      const proof = formatProof({
        index,
        hashes: referenceTree(sha256).inclusion(index, before),
        checkpoint: signedCheckpoint(rootOf(before), index + 1, [by]),
        extra: all[index] ?? bytes(''),
      });
      files.set(handoverPath(key.key.id), bytes(proof));
    }
    return files;
  }

  it('hands over to a third one', async () => {
    const result = await verify(rotatedTwice(200), { readEntry });
    expect(result.handovers.map(({ key }) => key.id)).toEqual([third.key.id, next.key.id]);
  });

  it('does not hand over before it is valid itself', async () => {
    expect((await failure(rotatedTwice(301))).message).toMatch(
      /handed over at size 300, before it was valid/,
    );
  });

  it('a handover over a history that the log does not have is refused', async () => {
    const { files, entries } = rotated(next);
    const forged = logOf(entries.with(0, testRecord(0, { message: 'rewritten' })), [next]);
    forged.set(handoverPath(next.key.id), files.get(handoverPath(next.key.id)) ?? bytes(''));
    expect(await failure(forged)).toMatchObject({ code: 'LEDGER_ROLLBACK', size: 200 });
  });

  it('ends a walk through handovers that point at each other', async () => {
    const a = testKey();
    const { files } = rotated(a);
    const loop = (files.get(handoverPath(next.key.id)) ?? bytes('')).toString();
    expect(loop).not.toBe('');
    const text = new TextDecoder().decode(files.get(handoverPath(next.key.id)));
    const circular = text.slice(0, text.indexOf('\n\n') + 2) + signedCheckpoint(new Uint8Array(32), 300, [a]);
    files.set(handoverPath(a.key.id), bytes(circular));
    expect((await failure(files)).code).toMatch(/CHECKPOINT_INVALID|PROOF_INVALID/);
  });
});

it('a log without checkpoint is not found', async () => {
  expect(await failure(new Map())).toMatchObject({ code: 'LEDGER_NOT_FOUND' });
});
