import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findOpa, unpackTar } from '../../policy/index.ts';
import { createBuiltins } from '../builtins/registry.ts';
import { DEFAULT_ENGINE_LIMITS } from '../limits.ts';
import { type Builtins, RegoInstance } from '../wasm/instance.ts';
import { decodeResult } from '../wasm/json.ts';
import { webAssembly } from '../wasm/platform.ts';
import { InstancePool } from '../wasm/pool.ts';

const run = promisify(execFile);
const MOST_OUTPUT = 256 * 1024 * 1024;

/** Effective time of the tests: 2026-05-04 10:00:00 UTC. */
export const NOW = Date.parse('2026-05-04T10:00:00.000Z');

async function inFolder<T>(
  files: Readonly<Record<string, string>>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'exhibit-engine-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Runs opa; its own words are in the error, which it writes to standard output. */
async function runOpa(args: readonly string[], cwd: string): Promise<string> {
  const opa = await findOpa(process.env);
  try {
    return (await run(opa.path, args, { cwd, maxBuffer: MOST_OUTPUT })).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`opa ${args[0]} failed: ${stdout.slice(0, 4_000)}${stderr.slice(0, 4_000)}`, {
      cause: error,
    });
  }
}

/** Compiles Rego with the real opa into WebAssembly. */
export async function compileRego(source: string, entrypoints: readonly string[]): Promise<Uint8Array> {
  return inFolder({ 'policy.rego': source }, async (cwd) => {
    const flags = entrypoints.flatMap((entrypoint) => ['-e', entrypoint]);
    await runOpa(['build', '-t', 'wasm', '-o', 'bundle.tar.gz', ...flags, 'policy.rego'], cwd);
    const files = unpackTar(await readFile(join(cwd, 'bundle.tar.gz')));
    const wasm = files.get('policy.wasm') ?? files.get('/policy.wasm');
    if (wasm === undefined) throw new Error(`opa build wrote no policy.wasm: ${[...files.keys()].join(' ')}`);
    return wasm;
  });
}

/** An instance pool of the engine over Rego text. */
export async function poolOf(
  source: string,
  entrypoints: readonly string[],
  limits: { instanceBytes: number; evaluationBytes: number } = DEFAULT_ENGINE_LIMITS,
): Promise<InstancePool> {
  const module = await webAssembly.compile(await compileRego(source, entrypoints));
  return new InstancePool(
    module,
    createBuiltins(() => NOW),
    new TextEncoder().encode('{}'),
    limits,
  );
}

/** What the real opa says: the value of a query, undefined where it has none. Files with a `.manifest` are a bundle. */
export async function opaEval(
  query: string,
  files: Readonly<Record<string, string>>,
  input: unknown,
  flags: readonly string[] = [],
): Promise<unknown> {
  const all = { ...files, 'input.json': JSON.stringify(input) };
  return inFolder(all, async (cwd) => {
    const data =
      files['.manifest'] === undefined ? Object.keys(files).flatMap((name) => ['-d', name]) : ['-b', '.'];
    const args = ['eval', '-f', 'json', '-i', 'input.json', ...data, ...flags, query];
    const stdout = await runOpa(args, cwd);
    const { result } = decodeResult(stdout) as { result?: { expressions: { value: unknown }[] }[] };
    return result?.[0]?.expressions[0]?.value;
  });
}

/**
 * What the real opa says to many queries over the Rego sources of a bundle. One process: a module is generated in which
 * each query stands with its own input, and its own instant (Unix milliseconds) where it names one.
 */
export async function opaEvalMany(
  files: ReadonlyMap<string, Uint8Array>,
  queries: readonly { query: string; input: unknown; now?: number }[],
): Promise<unknown[]> {
  const folder = await mkdtemp(join(tmpdir(), 'exhibit-opa-'));
  try {
    for (const [name, bytes] of files) {
      if (name === 'policy.wasm' || name === '.signatures.json') continue;
      await mkdir(dirname(join(folder, 'bundle', name)), { recursive: true });
      await writeFile(join(folder, 'bundle', name), bytes);
    }
    const values = queries.map(
      ({ query, now = NOW }, i) =>
        `answers["${i}"] := value if value := ${query} with input as input.inputs[${i}] with time.now_ns as ${now}000000`,
    );
    await writeFile(
      join(folder, 'all.rego'),
      `package answers_of_all\nimport rego.v1\n${values.join('\n')}\n`,
    );
    await writeFile(
      join(folder, 'input.json'),
      JSON.stringify({ inputs: queries.map(({ input }) => input) }),
    );
    const args = [
      'eval',
      '-f',
      'json',
      '-i',
      'input.json',
      '-b',
      'bundle',
      '-d',
      'all.rego',
      'data.answers_of_all.answers',
    ];
    const stdout = await runOpa(args, folder);
    const { result } = decodeResult(stdout) as {
      result: { expressions: { value: Record<string, unknown> }[] }[];
    };
    return queries.map((_query, i) => result[0]?.expressions[0]?.value[i]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Built-ins that opa knows, with how many arguments they take. */
export async function capabilities(): Promise<Map<string, number>> {
  const text = await runOpa(['capabilities', '--current'], tmpdir());
  const { builtins } = JSON.parse(text) as { builtins: { name: string; decl: { args?: unknown[] } }[] };
  return new Map(builtins.map(({ name, decl }) => [name, decl.args?.length ?? 0]));
}

/** Names of the built-ins that compiled Rego asks its host for. */
export async function importsOf(source: string, entrypoints: readonly string[]): Promise<string[]> {
  const module = await webAssembly.compile(await compileRego(source, entrypoints));
  const asked: string[] = [];
  const builtins = {
    get: (name: string) => {
      asked.push(name);
      return () => undefined;
    },
  } as unknown as Builtins;
  new RegoInstance(module, builtins, new TextEncoder().encode('{}'), DEFAULT_ENGINE_LIMITS.evaluationBytes);
  return asked;
}
