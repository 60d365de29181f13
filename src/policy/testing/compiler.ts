import { findCompiler } from '../compiler.ts';
import type { Opa } from '../types.ts';

/**
 * The real opa, for tests that need a bundle and test something else. The same files are built by many of them: what opa said of them is
 * kept under the digest of its program and of all that it was given, also in a pipeline. Tests of the build itself use `findOpa`.
 */
export function keptCompiler(): Promise<Opa> {
  return findCompiler({ ...process.env, EXHIBIT_BUILD_CACHE: 'on' });
}
