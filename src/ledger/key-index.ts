import { rmSync } from 'node:fs';
import { ioError } from '../store/index.ts';
import { Bloom } from './bloom.ts';
import { type Fingerprint, idFingerprint, nameHash, sequenceFingerprint } from './fingerprint.ts';
import { loadEmitters, loadRuns, type SortedRun, storeRun, TailFile } from './index-files.ts';
import { Intervals } from './intervals.ts';
import { indexFolder } from './layout.ts';
import { Memtable } from './memtable.ts';
import type { TailFrame } from './tail.ts';

/** A run is written when there are so many leaves, or a seal more: their place in the run has 24 bits. */
const RUN_LEAVES = 1 << 20;
/** Most memory for Bloom filters: the newest runs keep theirs, older runs are searched on disk. */
const BLOOM_BYTES = 256 * 1024 * 1024;
const LEAF_BITS = 24;

/** What the index keeps of a record. */
export interface RecordKey {
  /** 16 bytes. */
  id: Uint8Array;
  emitter: string;
  /** -1 for none. */
  sequence: number;
}

/**
 * Where in the log a record id or a sequence number may be. On disk in sorted runs, in memory only the newest leaves,
 * Bloom filters and intervals, so memory stays bounded however long the log is. All of it is derived from the log:
 * what is missing or behind is made anew, and every answer is confirmed by reading the record.
 */
export class KeyIndex {
  readonly #folder: string;
  readonly #runLeaves: number;
  #runs: SortedRun[] = [];
  #table = new Memtable();
  #tableIds: number[] = [];
  #intervals = new Intervals();
  #emitters = new Map<string, number>();
  #first = 0;
  #size = 0;
  #root = '';
  #tail: TailFile;
  #added = nothing(0);

  private constructor(folder: string, runLeaves: number) {
    this.#folder = folder;
    this.#runLeaves = runLeaves;
    this.#tail = new TailFile(folder, 0);
  }

  /** Reads what is there; damaged or incomplete files make an index of nothing. @param runLeaves leaves of a run */
  static open(ledger: string, runLeaves: number = RUN_LEAVES): KeyIndex {
    const index = new KeyIndex(indexFolder(ledger), runLeaves);
    // Without its intervals, runs cannot tell what is new: then the index starts from nothing.
    return index.#load() ? index : new KeyIndex(indexFolder(ledger), runLeaves);
  }

  /**
   * Takes in what a writer has added on disk since. Only for who never adds.
   * @returns false where the files do not go on from here, because the newest leaves became a run or the index was made anew: then it is to
   * be opened again
   */
  follow(): boolean {
    return this.#readTail() && this.#tail.isRead();
  }

  /** Removes the index from disk; the next open starts at nothing. */
  static remove(ledger: string): void {
    rmSync(indexFolder(ledger), { recursive: true, force: true });
  }

  /** Leaves that are in the index. */
  get size(): number {
    return this.#size;
  }

  /** Root of the log when the index was written; empty for an index of nothing. */
  get root(): string {
    return this.#root;
  }

  /** The next number of each emitter, as far as the log knows. */
  nextNumbers(): Map<string, number> {
    return this.#intervals.next();
  }

  /** `[emitter, [from, to, from, to, ...]]`: the numbers that the log has, half-open; see Intervals. */
  numbers(): [string, number[]][] {
    return this.#intervals.entries();
  }

  /** Leaves that may hold the record id. */
  byId(id: Uint8Array): number[] {
    return this.#search(idFingerprint(id), this.#runs);
  }

  /** Leaves that may hold the key by which a resend is known: the sequence number, else the record id. */
  candidates({ id, emitter, sequence }: RecordKey): number[] {
    if (sequence >= 0) {
      if (!this.#intervals.has(emitter, sequence)) return [];
      return this.#search(sequenceFingerprint(this.#emitterHash(emitter), sequence), this.#runs);
    }
    const key = idFingerprint(id);
    return this.#search(
      key,
      this.#runs.filter(({ ids }) => ids?.has(key) !== false),
    );
  }

  /** Adds the next leaf. It is on disk only after commit. */
  add({ id, emitter, sequence }: RecordKey): void {
    const leaf = this.#size - this.#first;
    this.#size += 1;
    const byId = idFingerprint(id);
    if (sequence < 0) {
      this.#insert(byId, leaf, this.#added.ids);
      this.#tableIds.push(byId.hi, byId.lo);
      return;
    }
    this.#insert(byId, leaf, this.#added.others);
    this.#insert(sequenceFingerprint(this.#emitterHash(emitter), sequence), leaf, this.#added.others);
    this.#intervals.add(emitter, sequence);
    const last = this.#added.ranges.at(-1);
    if (last !== undefined && last[0] === emitter && last[2] === sequence) last[2] += 1;
    else this.#added.ranges.push([emitter, sequence, sequence + 1]);
  }

  /** Writes what was added. @param root root of the log at this size @throws ExhibitError LEDGER_IO */
  commit(root: string): void {
    try {
      this.#root = root;
      this.#tail.append({ ...this.#added, to: this.#size, root });
      if (this.#size - this.#first >= this.#runLeaves) this.#flush();
      this.#added = nothing(this.#size);
    } catch (error) {
      throw ioError(error, this.#folder);
    }
  }

  close(): void {
    for (const { run } of this.#runs) run.close();
  }

  #search(key: Fingerprint, runs: readonly SortedRun[]): number[] {
    const newest = this.#table.find(key).map((leaf) => this.#first + leaf);
    return [...newest, ...runs.flatMap(({ first, run }) => run.find(key).map((leaf) => first + leaf))];
  }

  #insert({ hi, lo }: Fingerprint, leaf: number, added: number[]): void {
    this.#table.add({ hi, lo }, leaf);
    added.push(hi, ((lo << LEAF_BITS) | leaf) >>> 0);
  }

  #emitterHash(emitter: string): number {
    const known = this.#emitters.get(emitter);
    if (known !== undefined) return known;
    const hash = nameHash(emitter);
    if (this.#emitters.size > 10_000) this.#emitters.clear();
    this.#emitters.set(emitter, hash);
    return hash;
  }

  /** The newest leaves become a run. */
  #flush(): void {
    const bloom = Bloom.of(this.#tableIds.length / 2);
    for (let i = 0; i < this.#tableIds.length; i += 2) {
      bloom.add({ hi: this.#tableIds[i] as number, lo: this.#tableIds[i + 1] as number });
    }
    const emitters = { root: this.#root, intervals: this.#intervals.entries() };
    const words = this.#table.sorted();
    this.#runs.push(storeRun(this.#folder, this.#first, this.#size, words, bloom, emitters));
    trimBlooms(this.#runs);
    this.#first = this.#size;
    this.#table = new Memtable();
    this.#tableIds = [];
    this.#tail = new TailFile(this.#folder, this.#first);
  }

  /** False where the index cannot be used. */
  #load(): boolean {
    const { runs, end } = loadRuns(this.#folder);
    this.#runs = runs;
    trimBlooms(runs);
    this.#first = end;
    this.#size = end;
    const emitters = end === 0 ? { root: '', intervals: [] } : loadEmitters(this.#folder, end);
    if (emitters === undefined) {
      this.close();
      return false;
    }
    this.#root = emitters.root;
    for (const [emitter, bounds] of emitters.intervals) {
      for (let i = 0; i + 1 < bounds.length; i += 2) {
        this.#intervals.addRange(emitter, bounds[i] as number, bounds[i + 1] as number);
      }
    }
    this.#tail = new TailFile(this.#folder, end);
    if (this.#readTail()) return true;
    this.close();
    return false;
  }

  /** False where a frame does not follow: it is of another index, and nothing of the tail is to be trusted then. */
  #readTail(): boolean {
    for (const frame of this.#tail.read()) {
      if (frame.from !== this.#size) return false;
      this.#take(frame);
    }
    this.#added = nothing(this.#size);
    return true;
  }

  #take({ ids, others, ranges, to, root }: TailFrame): void {
    for (const words of [ids, others]) {
      for (let i = 0; i < words.length; i += 2) {
        const hi = words[i] as number;
        const word = words[i + 1] as number;
        const lo = word >>> LEAF_BITS;
        this.#table.add({ hi, lo }, word & (2 ** LEAF_BITS - 1));
        if (words === ids) this.#tableIds.push(hi, lo);
      }
    }
    for (const [emitter, from, until] of ranges) this.#intervals.addRange(emitter, from, until);
    this.#size = to;
    this.#root = root;
  }
}

/** A part of the tail to which nothing was added yet. */
function nothing(from: number): Omit<TailFrame, 'bytes'> {
  return { from, to: from, root: '', ids: [], others: [], ranges: [] };
}

function trimBlooms(runs: readonly SortedRun[]): void {
  let bytes = 0;
  for (const run of runs.toReversed()) {
    bytes += run.ids?.bits.length ?? 0;
    if (bytes > BLOOM_BYTES) run.ids = undefined;
  }
}
