// After esbuild has split the program: what a command that people wait for always loads becomes one file. To find and link sixty small
// files takes Node a quarter of the time in which a hook should be done.
import { basename, resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import { rolldown } from 'rolldown';

/** What is waited for, by the modules that it loads when it runs. */
const AWAITED: Readonly<Record<string, readonly string[]>> = {
  check: [
    'src/cli/check/run.ts',
    'src/cli/hook/run.ts',
    'src/cli/config/config.ts',
    'src/cli/output/emit.ts',
  ],
  build: ['src/cli/policy/build.ts', 'src/policy/build.ts'],
};

/**
 * Which files of the program belong together, by name: those that it loads whatever the command, those that each of the awaited commands
 * loads at once, and those that several of them do. So none of these loads more than it did.
 * @throws Error where a module that is named above begins no file: it was moved, or is no longer loaded on demand
 */
export function groupsOf({ outputs }: Metafile): Map<string, string> {
  const begins = new Map(
    Object.entries(outputs).flatMap(([file, { entryPoint }]) =>
      entryPoint === undefined ? [] : [[entryPoint, file] as const],
    ),
  );
  const closure = (entries: readonly string[]): Set<string> => {
    const found = new Set<string>();
    const follow = (file: string): void => {
      if (found.has(file)) return;
      found.add(file);
      for (const { path, kind, external } of outputs[file]?.imports ?? [])
        if (kind === 'import-statement' && external !== true) follow(path);
    };
    for (const entry of entries) {
      const file = begins.get(entry);
      if (file === undefined)
        throw new Error(`${entry} begins no file of the program: see scripts/join-chunks.ts`);
      follow(file);
    }
    return found;
  };
  const start = closure(['src/cli/bin.ts']);
  const sets = Object.entries(AWAITED).map(([name, entries]) => [name, closure(entries)] as const);
  const groups = new Map<string, string>();
  for (const [file, { entryPoint }] of Object.entries(outputs)) {
    // It waits for what it loads, so nothing that is loaded may be in one file with it.
    if (entryPoint === 'src/cli/bin.ts') continue;
    const names = start.has(file) ? ['start'] : sets.filter(([, set]) => set.has(file)).map(([name]) => name);
    if (names.length > 0) groups.set(basename(file), names.join('-'));
  }
  return groups;
}

export interface JoinOptions {
  metafile: Metafile;
  /** Folder of the split program. */
  from: string;
  /** Where the joined one is written. */
  to: string;
  /** Names of the files that are started, without `.js`. */
  entries: readonly string[];
  /** Packages that stay beside the program. */
  external: readonly string[];
}

/** @throws Error for what the bundler warns of */
export async function joinChunks({ metafile, from, to, entries, external }: JoinOptions): Promise<void> {
  const groups = groupsOf(metafile);
  const program = await rolldown({
    input: Object.fromEntries(entries.map((name) => [name, resolve(from, `${name}.js`)])),
    platform: 'node',
    external: [/^node:/, ...external],
    // esbuild has left out what is not used; all that is left may have an effect.
    treeshake: false,
    preserveEntrySignatures: 'allow-extension',
    onLog(level, log) {
      if (level === 'warn') throw new Error(log.message);
    },
  });
  await program.write({
    dir: to,
    format: 'esm',
    minify: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    codeSplitting: {
      // The groups are whole by themselves.
      includeDependenciesRecursively: false,
      groups: [{ debugName: 'awaited', name: (id: string) => groups.get(basename(id)) ?? null }],
    },
  });
  await program.close();
}
