import { createHash } from 'node:crypto';
import { sha256 } from '../../policy/index.ts';
import { canonicalize, type Json } from '../../record/index.ts';
import { type Contents, lineOf, listFiles, type PackFile, zipParts } from '../../verify/index.ts';

export interface Written {
  /** SHA-256 of the whole, hexadecimal. */
  digest: string;
  files: number;
  bytes: number;
}

/** Writes a pack file by file: what was written is let go, so that memory holds one file and the list of all. */
export class PackWriter {
  readonly #write: (bytes: Uint8Array) => void;
  readonly #zip = zipParts();
  readonly #hash = createHash('sha256');
  readonly #lines: Contents['files'] = [];
  #bytes = 0;

  constructor(write: (bytes: Uint8Array) => void) {
    this.#write = write;
  }

  /** @throws ExhibitError PACK_INVALID for a path that is none or there already, or too much */
  add(file: PackFile): void {
    this.#take(this.#zip.add(file));
    this.#lines.push(lineOf(file, sha256));
  }

  json(path: string, value: unknown): void {
    this.add(jsonFile(path, value));
  }

  /** The lists of all files, last. */
  end(about: Omit<Contents, 'files'>): Written {
    const lists = listFiles(about, this.#lines, sha256);
    for (const file of lists) this.#take(this.#zip.add(file));
    this.#take(this.#zip.end());
    return {
      digest: this.#hash.digest('hex'),
      files: this.#lines.length + lists.length,
      bytes: this.#bytes,
    };
  }

  #take(parts: readonly Uint8Array[]): void {
    for (const part of parts) {
      this.#hash.update(part);
      this.#bytes += part.length;
      this.#write(part);
    }
  }
}

/** Canonical JSON: the same value, the same bytes. */
export function jsonFile(path: string, value: unknown): PackFile {
  // Through JSON, so that what is undefined is not there.
  const plain = JSON.parse(JSON.stringify(value)) as Json;
  return { path, bytes: new TextEncoder().encode(canonicalize(plain)) };
}
