import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, expect, it } from 'vitest';
import { directImports, directImportsPlugin } from './direct-imports.ts';

const folder = mkdtempSync(join(tmpdir(), 'exhibit-direct-imports-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  return file;
}

write(
  'record/index.ts',
  "export { a, type A, far as near } from './a.ts';\nexport { b } from './deep/index.ts';\n",
);
write('record/a.ts', "export type A = string;\nexport const a: A = 'a';\nexport const far = 'far';\n");
write('record/deep/index.ts', "export {\n  b,\n} from './b.ts';\nexport const own = 'own';\n");
write('record/deep/b.ts', "globalThis.touched = true;\nexport const b = 'b';\n");
const MAIN = `import {
  a,
  type A,
  near as close,
} from './record/index.ts';
const all: A = [a, close].join();
process.stdout.write(\`\${all} \${String((globalThis as { touched?: boolean }).touched)}\`);
`;

it('takes a name from the file that makes it, through every index between, and keeps the lines', () => {
  const known = new Map();
  const direct = (text: string) => directImports(join(folder, 'main.ts'), text, known);
  expect(direct(MAIN).split('\n').slice(0, 2)).toEqual([
    "import { a } from './record/a.ts'; import { far as close } from './record/a.ts';",
    '',
  ]);
  expect(direct(MAIN).split('\n')).toHaveLength(MAIN.split('\n').length);
  expect(direct("export { b as c } from './record/index.ts';")).toBe(
    "export { b as c } from './record/deep/b.ts';",
  );
  // What an index makes itself stays there.
  expect(direct("import { own, b } from './record/deep/index.ts';")).toBe(
    "import { own } from './record/deep/index.ts'; import { b } from './record/deep/b.ts';",
  );
  expect(direct("import type { A } from './record/index.ts';")).toBe(
    "import type { A } from './record/index.ts';",
  );
});

it('makes a program that does the same, and does not run the files that it names nothing of', async () => {
  const entry = write('main.ts', MAIN);
  const outfile = join(folder, 'out.mjs');
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    plugins: [directImportsPlugin(folder)],
  });
  expect(execFileSync(process.execPath, [outfile], { encoding: 'utf8' })).toBe('a,far undefined');
});

it('keeps the words with which zod says what is wrong', async () => {
  const entry = write(
    'zod.ts',
    "import { z } from 'zod';\nprocess.stdout.write(z.strictObject({ a: z.int() }).safeParse({ a: 'x' }).error?.issues[0]?.message ?? '');\n",
  );
  const outfile = join(folder, 'zod.mjs');
  const { metafile } = await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    metafile: true,
    nodePaths: [join(import.meta.dirname, '..', 'node_modules')],
    plugins: [directImportsPlugin(folder)],
  });
  expect(execFileSync(process.execPath, [outfile], { encoding: 'utf8' })).toBe(
    'Invalid input: expected number, received string',
  );
  const kept = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0),
  );
  const locales = kept.filter(([name]) => /locales\/[\w-]+\.js$/.test(name)).map(([name]) => name);
  expect(locales.map((name) => name.split('/').at(-1))).toEqual(['en.js']);
});
