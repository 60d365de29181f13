// A plugin of the build: what the engine takes of Node is taken from src/engine/browser, which has just that. The rest of Node is taken from
// nowhere: where any of it is left in the program, the build fails.
import { join } from 'node:path';
import type { Metafile, Plugin } from 'esbuild';

/** For the engine; other folders want more of these than is there. */
const STANDS_FOR: Readonly<Record<string, string>> = { 'node:crypto': 'crypto.ts', 'node:net': 'net.ts' };
const NOT_NEEDED = new Set(['node:module', 'node:v8', 'node:vm']);
const NOWHERE = 'of-node';

export function browserPlugin(src: string): Plugin {
  return {
    name: 'browser',
    setup(build) {
      build.onResolve({ filter: /^node:/ }, ({ path, importer }) => {
        const own = importer.startsWith(join(src, 'engine')) ? STANDS_FOR[path] : undefined;
        const file = NOT_NEEDED.has(path) ? 'none.ts' : own;
        return file === undefined
          ? { path, namespace: NOWHERE, sideEffects: false }
          : { path: join(src, 'engine', 'browser', file) };
      });
      build.onLoad({ filter: /.*/, namespace: NOWHERE }, () => ({ contents: 'module.exports = {}' }));
    },
  };
}

/** @throws Error naming what of Node is left */
export function requireNoNode({ outputs }: Metafile): void {
  const left = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) =>
      file.startsWith(`${NOWHERE}:`) && bytesInOutput > 0 ? [file] : [],
    ),
  );
  if (left.length > 0) throw new Error(`a program for browsers asks for ${left.join(', ')}`);
}
