import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ioError } from '../store/index.ts';
import { Bloom } from './bloom.ts';
import { type Fingerprint, idFingerprint, nameHash, sequenceFingerprint } from './fingerprint.ts';
import { Intervals } from './intervals.ts';
import { indexFolder } from './layout.ts';
import { Memtable } from './memtable.ts';
import { Run } from './run.ts';
import { decodeTail, encodeTail, type TailFrame } from './tail.ts';

/** A run is written when there are so many leaves, or a seal more: their place in the run has 24 bits. */
export const RUN_LEAVES = 1 << 20;
/** Most memory for Bloom filters: the newest runs keep theirs, older runs are searched on disk. */
const BLOOM_BYTES = 256 * 1024 * 1024;

/** What the index keeps of a record. */
export interface RecordKey {
  /** 16 bytes. */
  id: Uint8Array;
  emitter: string;
  /** -1 for none. */
  sequence: number;
}

interface SortedRun {
  first: number;
  run: Run;
  ids: Bloom | undefined;
}

/**
 * Where in the log a record id or a sequence number may be. On disk in sorted runs, in memory only the newest leaves,
 * Bloom filters and intervals, so memory stays bounded however long the log is. All of it is derived from the log:
 * files that are missing, damaged or behind are made anew, and every answer is confirmed by reading the record.
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
  /** Length of the whole frames in the file of the newest leaves. */
  #tailBytes = 0;
  #added: Omit<TailFrame, 'bytes'> = { from: 0, to: 0, root: '', ids: [], others: [], ranges: [] };

  private constructor(folder: string, runLeaves: number) {
    this.#folder = folder;
    this.#runLeaves = runLeaves;
  }

  /** Reads what is there. @param runLeaves leaves after which a run is written */
  static open(ledger: string, runLeaves: number = RUN_LEAVES): KeyIndex {
    const index = new KeyIndex(indexFolder(ledger), runLeaves);
    // Without its intervals, runs cannot tell what is new: then the index starts from nothing.
    return index.#load() ? index : new KeyIndex(indexFolder(ledger), runLeaves);
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

  /** Leaves that may hold the record id. */
  byId(id: Uint8Array): number[] {
    const key = idFingerprint(id);
    return [...this.#newest(key), ...this.#runs.flatMap((run) => shift(run, key))];
  }

  /** Leaves that may hold the key by which a resend is known: the sequence number, else the record id. */
  candidates({ id, emitter, sequence }: RecordKey): number[] {
    if (sequence >= 0) {
      if (!this.#intervals.has(emitter, sequence)) return [];
      const key = sequenceFingerprint(this.#emitterHash(emitter), sequence);
      return [...this.#newest(key), ...this.#runs.flatMap((run) => shift(run, key))];
    }
    const key = idFingerprint(id);
    const older = this.#runs.flatMap((run) => (run.ids?.has(key) === false ? [] : shift(run, key)));
    return [...this.#newest(key), ...older];
  }

  /** Adds the next leaf. It is on disk only after commit. */
  add(key: RecordKey): void {
    const leaf = this.#size - this.#first;
    const id = idFingerprint(key.id);
    this.#insert(id, leaf, key.sequence >= 0 ? this.#added.others : this.#added.ids);
    if (key.sequence >= 0) {
      const fingerprint = sequenceFingerprint(this.#emitterHash(key.emitter), key.sequence);
      this.#insert(fingerprint, leaf, this.#added.others);
      this.#intervals.add(key.emitter, key.sequence);
      const last = this.#added.ranges.at(-1);
      if (last !== undefined && last[0] === key.emitter && last[2] === key.sequence) last[2] += 1;
      else this.#added.ranges.push([key.emitter, key.sequence, key.sequence + 1]);
    }
    this.#size += 1;
  }

  /** Writes what was added. @param root root of the log at this size @throws ExhibitError LEDGER_IO */
  commit(root: string): void {
    try {
      mkdirSync(this.#folder, { recursive: true });
      this.#root = root;
      // What a crash left half written behind the last whole frame is overwritten.
      const frame = encodeTail({ ...this.#added, to: this.#size, root });
      if (this.#tailBytes > 0) truncateSync(this.#path('tail'), this.#tailBytes);
      writeFileSync(this.#path('tail'), frame, { flag: this.#tailBytes > 0 ? 'a' : 'w' });
      this.#tailBytes += frame.length;
      if (this.#size - this.#first >= this.#runLeaves) this.#flush();
      this.#startTail();
    } catch (error) {
      throw ioError(error, this.#folder);
    }
  }

  close(): void {
    for (const { run } of this.#runs) run.close();
  }

  #insert({ hi, lo }: Fingerprint, leaf: number, added: number[]): void {
    this.#table.add({ hi, lo }, leaf);
    added.push(hi, ((lo << 24) | leaf) >>> 0);
    if (added === this.#added.ids) this.#tableIds.push(hi, lo);
  }

  #newest(key: Fingerprint): number[] {
    return this.#table.find(key).map((leaf) => this.#first + leaf);
  }

  #emitterHash(emitter: string): number {
    const known = this.#emitters.get(emitter);
    if (known !== undefined) return known;
    const hash = nameHash(emitter);
    if (this.#emitters.size > 10_000) this.#emitters.clear();
    this.#emitters.set(emitter, hash);
    return hash;
  }

  /** The newest leaves become a run: three files, the run last; then the tail is no longer needed. */
  #flush(): void {
    const bloom = Bloom.of(this.#tableIds.length / 2);
    for (let i = 0; i < this.#tableIds.length; i += 2) {
      bloom.add({ hi: this.#tableIds[i] as number, lo: this.#tableIds[i + 1] as number });
    }
    const words = this.#table.sorted();
    const old = this.#path('tail');
    const older = this.#path('emitters', this.#first);
    this.#write(this.#path('bloom'), bloom.bits);
    const state = { root: this.#root, intervals: this.#intervals.entries() };
    this.#write(this.#path('emitters', this.#size), Buffer.from(JSON.stringify(state)));
    const bytes = new Uint8Array(words.buffer);
    const path = this.#path(`${this.#size - this.#first}.run`);
    this.#write(path, bytes);
    this.#runs.push({ first: this.#first, run: new Run(path, bytes.length), ids: bloom });
    this.#trimBlooms();
    this.#first = this.#size;
    this.#table = new Memtable();
    this.#tableIds = [];
    this.#tailBytes = 0;
    rmSync(old, { force: true });
    rmSync(older, { force: true });
  }

  #load(): boolean {
    const files = new Set(names(this.#folder));
    const leaves = new Map([...files].flatMap((file) => runOf(file)));
    for (;;) {
      const count = leaves.get(this.#first);
      if (count === undefined) break;
      const path = this.#path(`${count}.run`);
      const ids = files.has(fileName('bloom', this.#first))
        ? new Bloom(readFileSync(this.#path('bloom')))
        : undefined;
      this.#runs.push({ first: this.#first, run: new Run(path, statSync(path).size), ids });
      this.#trimBlooms();
      this.#first += count;
    }
    this.#size = this.#first;
    if (this.#first > 0 && !this.#loadEmitters(files)) {
      this.close();
      return false;
    }
    if (files.has(fileName('tail', this.#first))) this.#loadTail();
    this.#startTail();
    return true;
  }

  #loadEmitters(files: ReadonlySet<string>): boolean {
    if (!files.has(fileName('emitters', this.#first))) return false;
    const text = readFileSync(this.#path('emitters'), 'utf8');
    const { root, intervals } = JSON.parse(text) as { root: string; intervals: [string, number[]][] };
    this.#root = root;
    for (const [emitter, bounds] of intervals) {
      for (let i = 0; i + 1 < bounds.length; i += 2) {
        this.#intervals.addRange(emitter, bounds[i] as number, bounds[i + 1] as number);
      }
    }
    return true;
  }

  #loadTail(): void {
    for (const frame of decodeTail(readFileSync(this.#path('tail')))) {
      if (frame.from !== this.#size) break;
      for (const [list, isId] of [
        [frame.ids, true],
        [frame.others, false],
      ] as const) {
        for (let i = 0; i < list.length; i += 2) {
          const hi = list[i] as number;
          const word = list[i + 1] as number;
          this.#table.add({ hi, lo: word >>> 24 }, word & 0xffffff);
          if (isId) this.#tableIds.push(hi, word >>> 24);
        }
      }
      for (const [emitter, from, to] of frame.ranges) this.#intervals.addRange(emitter, from, to);
      this.#size = frame.to;
      this.#root = frame.root;
      this.#tailBytes += frame.bytes;
    }
  }

  #startTail(): void {
    this.#added = { from: this.#size, to: this.#size, root: '', ids: [], others: [], ranges: [] };
  }

  #trimBlooms(): void {
    let bytes = 0;
    for (const run of this.#runs.toReversed()) {
      bytes += run.ids?.bits.length ?? 0;
      if (bytes > BLOOM_BYTES) run.ids = undefined;
    }
  }

  #path(kind: FileKind, first: number = this.#first): string {
    return join(this.#folder, fileName(kind, first));
  }

  #write(path: string, bytes: Uint8Array): void {
    writeFileSync(`${path}.tmp`, bytes);
    renameSync(`${path}.tmp`, path);
  }
}

type FileKind = `${number}.run` | 'bloom' | 'emitters' | 'tail';

const fileName = (kind: FileKind, first: number): string => `${String(first).padStart(15, '0')}.${kind}`;

/** First leaf and number of leaves of a run. */
function runOf(file: string): [number, number][] {
  const [first, count, kind] = file.split('.');
  return kind === 'run' ? [[Number(first), Number(count)]] : [];
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function shift({ first, run }: SortedRun, key: Fingerprint): number[] {
  return run.find(key).map((leaf) => first + leaf);
}
