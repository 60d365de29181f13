import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
// Not part of the contract: the suite compiles single rules as a build compiles a bundle.
import { compile } from '../../../src/policy/compile.ts';
import { findOpa, RUNTIME_BUILTINS, unpackTar } from '../../../src/policy/index.ts';
import { regoVersions } from '../../../src/policy/rego.ts';

const run = promisify(execFile);

/** A bundle's files by name. */
export type Sources = Readonly<Record<string, string>>;

/** Rules of the package `native`, and a module `old` in the syntax before Rego 1.0. */
export function sourcesOf(native: string, old: string): Sources {
  const manifest = { revision: '', roots: ['native', 'old'], ...regoVersions(['old.rego']) };
  return { 'native.rego': native, 'old.rego': old, '.manifest': JSON.stringify(manifest) };
}

/** Rules of the package `native` as a bundle has them: asked by name, with every replacement. */
export async function compileReplaced(sources: Sources, names: readonly string[]): Promise<Uint8Array> {
  const files = new Map(Object.entries(sources).map(([name, text]) => [name, Buffer.from(text)]));
  const rules = new Map(names.map((name) => [name, `data.native.${name}`]));
  return compile(await findOpa(process.env), files, rules, RUNTIME_BUILTINS);
}

/** The same rules as OPA itself compiles them: an entry point for each. */
export async function compilePlain(sources: Sources, names: readonly string[]): Promise<Uint8Array> {
  const opa = await findOpa(process.env);
  const cwd = await mkdtemp(join(tmpdir(), 'exhibit-native-'));
  const out = await mkdtemp(join(tmpdir(), 'exhibit-native-'));
  try {
    for (const [name, text] of Object.entries(sources)) await writeFile(join(cwd, name), text);
    const flags = names.flatMap((name) => ['-e', `native/${name}`]);
    const target = join(out, 'bundle.tar.gz');
    const args = ['build', '-t', 'wasm', '-b', '.', '-o', target, ...flags];
    await run(opa.path, args, { cwd });
    const files = unpackTar(await readFile(target));
    const wasm = files.get('policy.wasm') ?? files.get('/policy.wasm');
    if (wasm === undefined) throw new Error('opa build wrote no policy.wasm');
    return wasm;
  } finally {
    await rm(cwd, { recursive: true });
    await rm(out, { recursive: true });
  }
}
