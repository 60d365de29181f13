/** Longest id that is kept as bytes; a UUID has 36. */
const LONGEST = 64;

/**
 * The last so many ids, to know one that comes again. Usual ids lie as bytes in one block with a table of their hashes beside it: kept as
 * texts, each would outlive the line that it came from, and a log of 1 GB has a million of them.
 */
export class LastIds {
  readonly #most: number;
  readonly #bytes: Uint8Array;
  readonly #lengths: Uint8Array;
  readonly #hashes: Int32Array;
  /** The first place of each hash, and the next one of the same; -1 ends. */
  readonly #first: Int32Array;
  readonly #next: Int32Array;
  /** Ids that do not fit, by their text, and which places they have. */
  readonly #odd = new Map<string, number>();
  readonly #oddAt = new Map<number, string>();
  #oldest = 0;
  #count = 0;

  constructor(most: number) {
    this.#most = most;
    this.#bytes = new Uint8Array(most * LONGEST);
    this.#lengths = new Uint8Array(most);
    this.#hashes = new Int32Array(most);
    this.#first = new Int32Array(2 * most).fill(-1);
    this.#next = new Int32Array(most).fill(-1);
  }

  /** Whether the id is among the last ones. */
  has(id: string): boolean {
    const hash = hashOf(id);
    return hash === undefined ? this.#odd.has(id) : this.#find(id, hash);
  }

  /** False where the id is among the last ones. */
  add(id: string): boolean {
    if (this.has(id)) return false;
    const hash = hashOf(id);
    const at = this.#oldest;
    if (this.#count === this.#most) this.#forget(at);
    else this.#count += 1;
    if (hash === undefined) {
      this.#odd.set(id, at);
      this.#oddAt.set(at, id);
    } else this.#keep(id, hash, at);
    this.#oldest = (at + 1) % this.#most;
    return true;
  }

  #find(id: string, hash: number): boolean {
    let at = this.#first[this.#chain(hash)] as number;
    while (at >= 0) {
      if (this.#hashes[at] === hash && this.#isAt(id, at)) return true;
      at = this.#next[at] as number;
    }
    return false;
  }

  #isAt(id: string, at: number): boolean {
    if (this.#lengths[at] !== id.length) return false;
    for (let i = 0; i < id.length; i += 1)
      if (this.#bytes[at * LONGEST + i] !== id.charCodeAt(i)) return false;
    return true;
  }

  #keep(id: string, hash: number, at: number): void {
    for (let i = 0; i < id.length; i += 1) this.#bytes[at * LONGEST + i] = id.charCodeAt(i);
    this.#lengths[at] = id.length;
    this.#hashes[at] = hash;
    const chain = this.#chain(hash);
    this.#next[at] = this.#first[chain] as number;
    this.#first[chain] = at;
  }

  #forget(at: number): void {
    const odd = this.#oddAt.get(at);
    if (odd !== undefined) {
      this.#odd.delete(odd);
      this.#oddAt.delete(at);
      return;
    }
    const chain = this.#chain(this.#hashes[at] as number);
    let before = this.#first[chain] as number;
    if (before === at) this.#first[chain] = this.#next[at] as number;
    else {
      while (this.#next[before] !== at) before = this.#next[before] as number;
      this.#next[before] = this.#next[at] as number;
    }
  }

  #chain(hash: number): number {
    return (hash >>> 0) % (2 * this.#most);
  }
}

/** FNV-1a; undefined for an id that does not fit. Ids of one hash are told apart by their bytes. */
function hashOf(id: string): number | undefined {
  if (id.length > LONGEST) return undefined;
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i += 1) {
    const unit = id.charCodeAt(i);
    if (unit > 0xff) return undefined;
    hash = Math.imul(hash ^ unit, 0x01000193);
  }
  return hash | 0;
}
