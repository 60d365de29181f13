import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Bloom } from './bloom.ts';
import { Run } from './run.ts';
import { decodeTail, encodeTail, type TailFrame } from './tail.ts';

/** Files of the index: `<first leaf>.<leaves>.run`, `.bloom`, `.emitters` (as of that leaf) and `.tail` (the newest leaves). */
type FileKind = `${number}.run` | 'bloom' | 'emitters' | 'tail';

const pathOf = (folder: string, first: number, kind: FileKind): string =>
  join(folder, `${String(first).padStart(15, '0')}.${kind}`);

export interface SortedRun {
  first: number;
  run: Run;
  /** Of the ids of records without a number; undefined: search the run. */
  ids: Bloom | undefined;
}

const emittersSchema = z.strictObject({
  root: z.string(),
  intervals: z.array(z.tuple([z.string(), z.array(z.number())])),
});

/** What is known of the emitters up to a leaf, and the root of the log there. */
export type EmittersFile = z.infer<typeof emittersSchema>;

/** The runs on disk, in order, without a leaf missing between them, and the leaf after the last. */
export function loadRuns(folder: string): { runs: SortedRun[]; end: number } {
  const leaves = new Map(names(folder).flatMap(runOf));
  const runs: SortedRun[] = [];
  let end = 0;
  for (let count = leaves.get(0); count !== undefined; count = leaves.get(end)) {
    const path = pathOf(folder, end, `${count}.run`);
    runs.push({ first: end, run: new Run(path, statSync(path).size), ids: loadBloom(folder, end) });
    end += count;
  }
  return { runs, end };
}

function loadBloom(folder: string, first: number): Bloom | undefined {
  try {
    return new Bloom(readFileSync(pathOf(folder, first, 'bloom')));
  } catch {
    return undefined;
  }
}

/** undefined where the file is missing or damaged. */
export function loadEmitters(folder: string, first: number): EmittersFile | undefined {
  try {
    return emittersSchema.parse(JSON.parse(readFileSync(pathOf(folder, first, 'emitters'), 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * Stores a run with its filter and the emitters, and drops the tail that it stands for. All of it is on disk before the
 * name of the run is: a filter that a power cut left empty would call known records new.
 */
export function storeRun(
  folder: string,
  first: number,
  end: number,
  words: BigUint64Array,
  ids: Bloom,
  emitters: EmittersFile,
): SortedRun {
  const path = pathOf(folder, first, `${end - first}.run`);
  const bytes = new Uint8Array(words.buffer);
  write(pathOf(folder, first, 'bloom'), ids.bits);
  write(pathOf(folder, end, 'emitters'), Buffer.from(JSON.stringify(emitters)));
  write(path, bytes);
  sync(folder);
  rmSync(pathOf(folder, first, 'tail'), { force: true });
  rmSync(pathOf(folder, first, 'emitters'), { force: true });
  return { first, run: new Run(path, bytes.length), ids };
}

/** The file of the newest leaves: frames with checksums, not synced. What is lost of it is made anew from the log. */
export class TailFile {
  readonly #folder: string;
  readonly #path: string;
  /** Length of the whole frames. */
  #bytes = 0;

  /** @param first leaf after the last run */
  constructor(folder: string, first: number) {
    this.#folder = folder;
    this.#path = pathOf(folder, first, 'tail');
  }

  /** The whole frames behind those that were read or appended before. */
  *read(): Generator<TailFrame> {
    for (const frame of decodeTail(this.#unread() ?? Buffer.alloc(0))) {
      this.#bytes += frame.bytes;
      yield frame;
    }
  }

  /** Whether the file is there and ends with what was read of it: no half of a frame behind it, and nothing of it is gone. */
  isRead(): boolean {
    return this.#unread()?.length === 0;
  }

  /** undefined where there is no file, or it is shorter than what was read. */
  #unread(): Buffer | undefined {
    let file: number | undefined;
    try {
      file = openSync(this.#path, 'r');
      const bytes = Buffer.allocUnsafe(fstatSync(file).size - this.#bytes);
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, this.#bytes));
    } catch {
      return undefined;
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }

  append(frame: Omit<TailFrame, 'bytes'>): void {
    mkdirSync(this.#folder, { recursive: true });
    const bytes = encodeTail(frame);
    // What a crash left half written behind the last whole frame goes.
    if (this.#bytes > 0) truncateSync(this.#path, this.#bytes);
    writeFileSync(this.#path, bytes, { flag: this.#bytes > 0 ? 'a' : 'w' });
    this.#bytes += bytes.length;
  }
}

function write(path: string, bytes: Uint8Array): void {
  writeFileSync(`${path}.tmp`, bytes, { flush: true });
  renameSync(`${path}.tmp`, path);
}

function sync(folder: string): void {
  const directory = openSync(folder, 'r');
  fsyncSync(directory);
  closeSync(directory);
}

/** First leaf and number of leaves of a run. */
function runOf(file: string): [number, number][] {
  const [first, count, kind, ...rest] = file.split('.');
  return kind === 'run' && rest.length === 0 ? [[Number(first), Number(count)]] : [];
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
