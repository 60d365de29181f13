import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from './hash.ts';
import { Intervals } from './intervals.ts';
import { KeyIndex, type RecordKey } from './key-index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exhibit-index-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const key = (n: number): RecordKey => ({
  id: sha256(Buffer.from(`id ${n}`)).subarray(0, 16),
  emitter: `emitter ${n % 7}`,
  sequence: n % 3 === 0 ? -1 : Math.floor(n / 7),
});

const RUN = 1000;
const fill = (index: KeyIndex, to: number) => {
  while (index.size < to) {
    for (let i = 0; i < 150 && index.size < to; i += 1) index.add(key(index.size));
    index.commit(`root ${index.size}`);
  }
};

describe('the index of keys', () => {
  it('finds every record, in memory, in runs, and after it was opened anew', () => {
    const index = KeyIndex.open(folder, RUN);
    fill(index, 5_300);
    const again = KeyIndex.open(folder, RUN);
    expect([again.size, again.root]).toEqual([5_300, 'root 5300']);
    fill(again, 5_900);
    for (const open of [again, KeyIndex.open(folder, RUN)]) {
      for (let n = 0; n < 5_900; n += 1) {
        expect(open.byId(key(n).id), `id ${n}`).toContain(n);
        expect(open.candidates(key(n)), `key ${n}`).toContain(n);
      }
      const strangers = Array.from({ length: 1_000 }, (_, i) =>
        open.candidates(key(3 * (i + 10_000))),
      ).flat();
      expect(strangers.length).toBeLessThan(5);
      open.close();
    }
  });

  it('forgets a half-written end, and goes on behind the last whole part', () => {
    fill(KeyIndex.open(folder, RUN), 300);
    const [tail = ''] = readdirSync(join(folder, 'index')).filter((name) => name.endsWith('.tail'));
    appendFileSync(join(folder, 'index', tail), Buffer.alloc(100, 3));
    const index = KeyIndex.open(folder, RUN);
    expect(index.size).toBe(300);
    fill(index, 600);
    expect(KeyIndex.open(folder, RUN).size).toBe(600);
  });

  it('follows what another process adds, until the newest leaves become a run', () => {
    const writer = KeyIndex.open(folder, RUN);
    fill(writer, 300);
    const reader = KeyIndex.open(folder, RUN);
    fill(writer, 900);
    expect([reader.size, reader.follow(), reader.size, reader.root]).toEqual([300, true, 900, 'root 900']);
    expect(reader.follow()).toBe(true);
    for (let n = 0; n < 900; n += 1) expect(reader.byId(key(n).id), `id ${n}`).toContain(n);
    fill(writer, 1_200);
    expect(reader.follow()).toBe(false);
    expect(KeyIndex.open(folder, RUN).size).toBe(1_200);
  });

  it('does not follow half of a part, nor an index that was made anew', () => {
    const tail = () => {
      const [name = ''] = readdirSync(join(folder, 'index')).filter((one) => one.endsWith('.tail'));
      return join(folder, 'index', name);
    };
    fill(KeyIndex.open(folder, RUN), 300);
    const reader = KeyIndex.open(folder, RUN);
    appendFileSync(tail(), Buffer.alloc(100, 3));
    expect([reader.follow(), reader.size]).toEqual([false, 300]);
    KeyIndex.remove(folder);
    expect(reader.follow()).toBe(false);
    const anew = KeyIndex.open(folder, RUN);
    anew.add(key(0));
    anew.commit('root 1');
    expect([reader.follow(), KeyIndex.open(folder, RUN).size]).toEqual([false, 1]);
  });

  it('starts from nothing when a part is missing, rather than to call a known record new', () => {
    fill(KeyIndex.open(folder, RUN), 2_500);
    for (const name of readdirSync(join(folder, 'index'))) {
      if (name.endsWith('.emitters')) rmSync(join(folder, 'index', name));
    }
    expect(KeyIndex.open(folder, RUN).size).toBe(0);
  });

  it('starts from nothing when the intervals are damaged', () => {
    fill(KeyIndex.open(folder, RUN), 2_500);
    for (const name of readdirSync(join(folder, 'index'))) {
      if (name.endsWith('.emitters')) writeFileSync(join(folder, 'index', name), '{"root":"","intervals":[[');
    }
    expect(KeyIndex.open(folder, RUN).size).toBe(0);
  });
});

describe('intervals of sequence numbers', () => {
  it('hold every number that was added, and exactly those while they are few', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 6 })), { maxLength: 30 }),
        (ranges) => {
          const intervals = new Intervals();
          const set = new Set<number>();
          for (const [from, length] of ranges) {
            intervals.addRange('e', from, from + length);
            for (let n = from; n < from + length; n += 1) set.add(n);
          }
          for (let n = 0; n < 70; n += 1) expect(intervals.has('e', n), `${n}`).toBe(set.has(n));
        },
      ),
    );
  });

  it('stay few for an emitter that leaves gaps, and then hold more than was added, never less', () => {
    const intervals = new Intervals();
    for (let n = 0; n < 10_000; n += 2) intervals.add('e', n);
    expect(intervals.entries()[0]?.[1].length).toBeLessThanOrEqual(128);
    for (let n = 0; n < 10_000; n += 2) expect(intervals.has('e', n)).toBe(true);
    expect(intervals.next().get('e')).toBe(9_999);
  });
});
