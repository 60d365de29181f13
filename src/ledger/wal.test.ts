import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordText } from './encode.ts';
import type { Draft } from './frame-builder.ts';
import { decision } from './testing/records.ts';
import { claimAll, takenPath } from './wal-claims.ts';
import { readFrames } from './wal-reader.ts';
import { WalWriter } from './wal-writer.ts';

let folder: string;
let writer: WalWriter;

const drafts = (count: number): Draft[] =>
  Array.from({ length: count }, (_, sequence) => {
    const record = decision('ci', 1_700_000_000_000);
    return { emitter: 'ci', sequence, record_id: record.record_id, text: recordText(record) };
  });

/** Ids of all records, by the frames that they are in. */
const read = (path: string) =>
  [...readFrames(path, 0)].map(({ records }) => records.map(({ id }) => Buffer.from(id).toString('hex')));
const ids = (all: Draft[]) => all.map(({ record_id }) => record_id.replaceAll('-', ''));

async function taken(): Promise<string> {
  const [name = ''] = await claimAll(folder);
  return takenPath(folder, name);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exhibit-wal-'));
  await mkdir(join(folder, 'wal'));
  writer = new WalWriter(folder, 'writer', () => undefined);
});
afterEach(async () => {
  await writer.close();
  await rm(folder, { recursive: true });
});

describe('a write-ahead log', () => {
  it('gives back what was written, frame by frame, and goes on in a new file when it is taken away', async () => {
    const groups = [drafts(3), drafts(1), drafts(20)];
    for (const group of groups.slice(0, 2)) await writer.write(group);
    const first = await taken();
    await writer.write(groups[2] ?? []);
    const [, second = ''] = await claimAll(folder);
    // The writer noticed only after it had written: the frame is in both files, and acknowledged for the second.
    expect(read(first)).toEqual(groups.map(ids));
    expect(read(takenPath(folder, second))).toEqual([ids(groups[2] ?? [])]);
  });

  it('splits a group that is larger than a frame may be', async () => {
    const group = drafts(12_000);
    await writer.write(group);
    const frames = read(await taken());
    expect(frames.length).toBeGreaterThan(1);
    expect(frames.flat()).toEqual(ids(group));
  });

  it('ends at a torn last frame, wherever it was cut', async () => {
    const first = drafts(2);
    await writer.write(first);
    await writer.write(drafts(2));
    const path = await taken();
    const whole = readFileSync(path);
    const [frame] = [...readFrames(path, 0)];
    const start = frame?.next ?? 0;
    for (let length = start; length < whole.length; length += 97) {
      writeFileSync(path, whole.subarray(0, length));
      expect(read(path), `cut at ${length}`).toEqual([ids(first)]);
    }
    // A power cut can also leave blocks of zeros where the file system had the length, but not yet the bytes.
    writeFileSync(
      path,
      Buffer.concat([whole.subarray(0, start + 300), Buffer.alloc(whole.length - start - 300)]),
    );
    expect(read(path)).toEqual([ids(first)]);
    writeFileSync(path, Buffer.concat([whole.subarray(0, start), Buffer.alloc(4096)]));
    expect(read(path)).toEqual([ids(first)]);
  });

  it('refuses damage anywhere in what was acknowledged, and says where', async () => {
    await writer.write(drafts(2));
    await writer.write(drafts(2));
    const path = await taken();
    const whole = readFileSync(path);
    const second = [...readFrames(path, 0)][0]?.next ?? 0;
    for (let at = 0; at < whole.length; at += 53) {
      const bad = Buffer.from(whole);
      bad[at] = (bad[at] ?? 0) ^ 0x20;
      writeFileSync(path, bad);
      const offset = at < second ? 0 : second;
      expect(() => read(path), `byte ${at}`).toThrow(
        expect.objectContaining({ code: 'WAL_CORRUPT', details: { offset }, location: { file: path } }),
      );
    }
  });

  it('does not take bytes that a sender put into a record for a frame', async () => {
    await writer.write(drafts(1));
    const path = await taken();
    const whole = readFileSync(path);
    // A frame of this very file at another place, and then a torn one that holds it.
    appendFileSync(path, whole);
    truncateSync(path, whole.length + 20);
    expect(read(path)).toHaveLength(1);
  });

  it('leaves no empty file behind', async () => {
    await writer.close();
    expect(await readdir(join(folder, 'wal'))).toEqual([]);
  });
});
