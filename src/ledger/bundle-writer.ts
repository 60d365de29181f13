import { ExhibitError, MAX_RECORD_BYTES } from '../record/index.ts';
import type { StoredObject } from '../store/index.ts';
import { entriesPath, TILE_WIDTH, tilePath } from '../verify/index.ts';
import type { Waiting } from './frame.ts';
import { sha256 } from './hash.ts';
import { LOG } from './layout.ts';
import type { Edge, Tile } from './tree.ts';

const LENGTH_BYTES = 2;

/** Turns records into entry bundles and hash tiles, at the end of a log. Pure: it gives the objects to be stored. */
export class BundleWriter {
  readonly #edge: Edge;
  #bundle: Uint8Array;
  #waiting: { record: Waiting; member: Uint8Array }[] = [];
  #bytes = 0;

  /** @param bundle the partial bundle at the end of the log */
  constructor(edge: Edge, bundle: Uint8Array) {
    this.#edge = edge;
    this.#bundle = bundle;
  }

  get edge(): Edge {
    return this.#edge;
  }

  /** The partial bundle as it is after `finish`. */
  get bundle(): Uint8Array {
    return this.#bundle;
  }

  /** Adds a record with its recorded_at member. @returns objects that are full now */
  add(record: Waiting, member: Uint8Array): StoredObject[] {
    const length = record.bytes.length + member.length;
    if (length > MAX_RECORD_BYTES) {
      throw new ExhibitError('RECORD_TOO_LARGE', `a waiting record of ${record.emitter} has ${length} bytes`);
    }
    this.#waiting.push({ record, member });
    this.#bytes += LENGTH_BYTES + length;
    const full = (this.#edge.size % TILE_WIDTH) + this.#waiting.length === TILE_WIDTH;
    return full ? this.#assemble() : [];
  }

  /** The partial bundle and tiles at the end. */
  finish(): StoredObject[] {
    const objects = this.#waiting.length === 0 ? [] : this.#assemble();
    const { size } = this.#edge;
    const width = size % TILE_WIDTH;
    if (width > 0) {
      const key = `${LOG}/${entriesPath(Math.floor(size / TILE_WIDTH), width)}`;
      objects.push({ key, bytes: this.#bundle });
    }
    return [...objects, ...this.#edge.partial().map(tileObject)];
  }

  #assemble(): StoredObject[] {
    const index = Math.floor(this.#edge.size / TILE_WIDTH);
    const bundle = Buffer.allocUnsafeSlow(this.#bundle.length + this.#bytes);
    bundle.set(this.#bundle);
    const objects: StoredObject[] = [];
    let at = this.#bundle.length;
    for (const { record, member } of this.#waiting) {
      const end = at + LENGTH_BYTES + record.bytes.length + member.length;
      const start = at + LENGTH_BYTES;
      bundle.set(record.bytes.subarray(0, record.splice), start);
      bundle.set(member, start + record.splice);
      bundle.set(record.bytes.subarray(record.splice), start + record.splice + member.length);
      // RFC 6962 puts 0x00 before a leaf: the byte before the entry is that for the moment, which saves a copy.
      bundle[start - 1] = 0;
      const full = this.#edge.push(sha256(bundle.subarray(start - 1, end)));
      bundle.writeUInt16BE(end - start, at);
      objects.push(...full.map(tileObject));
      at = end;
    }
    this.#waiting = [];
    this.#bytes = 0;
    this.#bundle = bundle;
    if (this.#edge.size % TILE_WIDTH === 0) {
      objects.push({ key: `${LOG}/${entriesPath(index)}`, bytes: bundle });
      this.#bundle = new Uint8Array(0);
    }
    return objects;
  }
}

function tileObject({ level, index, width, bytes }: Tile): StoredObject {
  return { key: `${LOG}/${tilePath(level, index, width)}`, bytes };
}
