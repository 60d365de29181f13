import { createRequire } from 'node:module';
import type * as Cedar from '@cedar-policy/cedar-wasm/nodejs';
import { keepReplacedCode } from '../../wasm-code.ts';

export type CedarModule = typeof Cedar;

/** Version of Cedar that is loaded: known without loading it. */
export const CEDAR_VERSION = '4.13.0';

const NAME = '@cedar-policy/cedar-wasm/nodejs';

let loaded: CedarModule | undefined;
let busy = false;

/**
 * Cedar itself, compiled to WebAssembly by its authors. It is loaded at the first call, which takes about 50 ms, so that a
 * program that judges nothing with Cedar does not pay for it.
 */
export function cedar(): CedarModule {
  loaded ??= load();
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

function load(): CedarModule {
  keepReplacedCode();
  const require = createRequire(import.meta.url);
  delete require.cache[require.resolve(NAME)];
  return require(NAME) as CedarModule;
}
