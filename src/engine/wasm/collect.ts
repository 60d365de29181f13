import { runInNewContext } from 'node:vm';

/**
 * Collects garbage now. The memory of a WebAssembly instance is given back only then, and V8 does not know that hundreds of
 * megabytes wait for it: it would often collect only when the report of the run has been made beside them. Takes about 0.1 s.
 */
export function collectGarbage(): void {
  // Loaded here: few runs need it.
  process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
