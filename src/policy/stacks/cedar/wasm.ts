import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as Cedar from '@cedar-policy/cedar-wasm/nodejs';
import { keepReplacedCode } from '../../wasm-code.ts';

export type CedarModule = typeof Cedar;

/** Version of Cedar that is loaded: known without loading it. */
export const CEDAR_VERSION = '4.13.0';

const NAME = '@cedar-policy/cedar-wasm/nodejs';

let make: () => CedarModule = load;
let loaded: CedarModule | undefined;
let busy = false;

/** Takes Cedar from elsewhere than the package of Node, as a page does that carries its WebAssembly. @param by called anew after a trap */
export function provideCedar(by: () => CedarModule): void {
  make = by;
  loaded = undefined;
}

/**
 * Cedar itself, compiled to WebAssembly by its authors. It is loaded at the first call, which takes about 50 ms, so that a
 * program that judges nothing with Cedar does not pay for it.
 */
export function cedar(): CedarModule {
  loaded ??= make();
  return loaded;
}

/**
 * Runs a job that calls Cedar under a time limit. Where the one before was ended in the middle, by the limit or by a trap, the
 * module's memory is half changed and it would trap from then on: it is loaded anew.
 */
export function withCedar<T>(job: () => T): T {
  if (busy) loaded = undefined;
  busy = true;
  try {
    const result = job();
    busy = false;
    return result;
  } catch (error) {
    // An end by the time limit does not even come here; a trap does, and leaves the module unusable.
    if (!isTrap(error)) busy = false;
    throw error;
  }
}

function isTrap(error: unknown): boolean {
  return error instanceof Error && error.name === 'RuntimeError';
}

/** Cedar's WebAssembly as its authors published it, for a page that carries it: the same bytes for Node and for browsers. */
export function cedarCode(): Uint8Array {
  const main = createRequire(import.meta.url).resolve(NAME);
  return readFileSync(join(dirname(main), 'cedar_wasm_bg.wasm'));
}

function load(): CedarModule {
  keepReplacedCode();
  const require = createRequire(import.meta.url);
  delete require.cache[require.resolve(NAME)];
  return require(NAME) as CedarModule;
}
