import { createRequire } from 'node:module';
import type * as Cedar from '@cedar-policy/cedar-wasm/nodejs';

export type CedarModule = typeof Cedar;

/** Version of Cedar that is loaded: known without loading it. */
export const CEDAR_VERSION = '4.13.0';

let loaded: CedarModule | undefined;

/**
 * Cedar itself, compiled to WebAssembly by its authors. It is loaded at the first call, which takes about 50 ms, so that a
 * program that judges nothing with Cedar does not pay for it.
 */
export function cedar(): CedarModule {
  loaded ??= createRequire(import.meta.url)('@cedar-policy/cedar-wasm/nodejs') as CedarModule;
  return loaded;
}
