import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findOpa, unpackTar } from '../../../src/policy/index.ts';

const run = promisify(execFile);

/** Compiles modules of Rego with the real opa into one of WebAssembly. */
export async function compileModules(
  sources: readonly string[],
  entrypoints: readonly string[],
): Promise<Uint8Array> {
  const opa = await findOpa(process.env);
  const cwd = await mkdtemp(join(tmpdir(), 'exhibit-native-'));
  try {
    const names = sources.map((_source, i) => `module${i}.rego`);
    for (const [i, source] of sources.entries()) await writeFile(join(cwd, `module${i}.rego`), source);
    const flags = entrypoints.flatMap((entrypoint) => ['-e', entrypoint]);
    await run(opa.path, ['build', '-t', 'wasm', '-o', 'bundle.tar.gz', ...flags, ...names], { cwd });
    const files = unpackTar(await readFile(join(cwd, 'bundle.tar.gz')));
    const wasm = files.get('policy.wasm') ?? files.get('/policy.wasm');
    if (wasm === undefined) throw new Error('opa build wrote no policy.wasm');
    return wasm;
  } finally {
    await rm(cwd, { recursive: true });
  }
}
