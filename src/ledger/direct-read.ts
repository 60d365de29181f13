import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { systemCode } from '../store/index.ts';

/** What address, offset and length of a direct read must be multiples of, on every disk that is in use. */
const BLOCK = 4_096;
const WASM_PAGE = 65_536;

/** TypeScript has WebAssembly's types in its library for browsers only; this is the part that is used here. */
const { Memory } = (
  globalThis as unknown as {
    WebAssembly: {
      Memory: new (pages: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
    };
  }
).WebAssembly;

/**
 * Reads whole files around the system's page cache (O_DIRECT, open(2)). A log that is larger than memory pushes itself out of the cache
 * before it is read again, and each page that goes through costs the kernel more than checking what it holds: 2 µs a record of 800 bytes.
 * Where the file system or the system has no direct reads, files are read as usual.
 * @param most bytes of a file; a longer one is read as usual
 * @returns a function that gives the bytes of a file, and throws what reading throws
 */
export function directReader(most: number): (path: string) => Uint8Array {
  // The memory of WebAssembly begins at a page. That of a Buffer begins anywhere, and the kernel refuses it.
  const pages = Math.ceil((most + BLOCK) / WASM_PAGE);
  const memory = new Uint8Array(new Memory({ initial: pages, maximum: pages }).buffer);
  let refused = constants.O_DIRECT === undefined;
  return (path) => {
    if (!refused) {
      try {
        const bytes = readDirect(path, memory);
        if (bytes !== undefined) return bytes;
      } catch (error) {
        if (systemCode(error) !== 'EINVAL') throw error;
        refused = true;
      }
    }
    return readFileSync(path);
  };
}

/** The bytes of a file in an array of their own; undefined where it does not fit, or changes while it is read. */
function readDirect(path: string, memory: Uint8Array): Uint8Array | undefined {
  const file = openSync(path, constants.O_RDONLY | constants.O_DIRECT);
  try {
    const { size } = fstatSync(file);
    const length = Math.ceil(size / BLOCK) * BLOCK;
    if (length > memory.length) return undefined;
    // The last block is read whole; the kernel gives what of it belongs to the file.
    const read = readSync(file, memory, 0, length, 0);
    return read === size ? memory.slice(0, size) : undefined;
  } finally {
    closeSync(file);
  }
}
