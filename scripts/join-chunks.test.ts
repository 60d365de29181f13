import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { expect, it } from 'vitest';
import { groupsOf } from './join-chunks.ts';

const PROGRAM = join(import.meta.dirname, '..', 'bin', 'exhibit.js');

const output = (
  imports: readonly (string | [string])[],
  entryPoint?: string,
): Metafile['outputs'][string] => ({
  bytes: 1,
  inputs: {},
  exports: [],
  imports: imports.map((one) =>
    typeof one === 'string'
      ? { path: `parts/${one}.js`, kind: 'import-statement' as const }
      : { path: `parts/${one[0]}.js`, kind: 'dynamic-import' as const },
  ),
  ...(entryPoint === undefined ? {} : { entryPoint }),
});

const program = (outputs: Record<string, Metafile['outputs'][string]>): Metafile => ({
  inputs: {},
  outputs: Object.fromEntries(Object.entries(outputs).map(([name, one]) => [`parts/${name}.js`, one])),
});

const PARTS = {
  exhibit: output(['always', ['check'], ['other']], 'src/cli/bin.ts'),
  always: output([]),
  check: output(['always', 'both', 'judging', ['seldom']], 'src/cli/check/run.ts'),
  hook: output(['check'], 'src/cli/hook/run.ts'),
  config: output(['both'], 'src/cli/config/config.ts'),
  emit: output([], 'src/cli/output/emit.ts'),
  build: output(['both'], 'src/cli/policy/build.ts'),
  making: output([], 'src/policy/build.ts'),
  both: output([]),
  judging: output([]),
  seldom: output([]),
  other: output(['both']),
};

it('joins what is always loaded, what each awaited command loads, and what they share; nothing that is loaded on demand', () => {
  expect(Object.fromEntries(groupsOf(program(PARTS)))).toEqual({
    'always.js': 'start',
    'check.js': 'check',
    'hook.js': 'check',
    'config.js': 'check',
    'emit.js': 'check',
    'judging.js': 'check',
    'build.js': 'build',
    'making.js': 'build',
    'both.js': 'check-build',
  });
});

it('says which module begins no file any longer', () => {
  const { hook: _, ...rest } = PARTS;
  expect(() => groupsOf(program(rest))).toThrow('src/cli/hook/run.ts begins no file');
});

it.skipIf(!existsSync(join(import.meta.dirname, '..', 'dist', 'exhibit.js')))(
  'a command finds the built program in a few files (skipped: not built)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'exhibit-files-'));
    const count = join(folder, 'count.mjs');
    // Each file of the program as it is loaded, on standard error.
    writeFileSync(
      count,
      `import { registerHooks } from 'node:module';
registerHooks({ load: (url, context, next) => { if (url.includes('/dist/')) console.error('loaded', url); return next(url, context); } });
`,
    );
    writeFileSync(join(folder, 'pod.yaml'), 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n');
    const loaded = (...args: string[]) => {
      const { stderr } = spawnSync(process.execPath, ['--import', count, PROGRAM, ...args], {
        cwd: folder,
        encoding: 'utf8',
      });
      return stderr.match(/^loaded /gm)?.length ?? 0;
    };
    // The program and what it always loads; with what a check loads there were more than sixty before they were joined.
    expect(loaded('version')).toBeLessThan(6);
    const check = loaded('check', 'pod.yaml', '--bundle', 'none.tar.gz');
    expect(check).toBeGreaterThan(2);
    expect(check).toBeLessThan(12);
  },
);
