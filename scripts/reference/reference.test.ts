import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VERSION } from '../../src/cli/version.ts';
import { exportsPage } from './exports.ts';
import { generatedFiles } from './files.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

const generated = Object.entries(await generatedFiles());

describe('generated pages and schemas', () => {
  it.each(generated)('%s is what the code says now (npm run docs writes it)', (file, text) => {
    expect(read(file)).toBe(text);
  });
});

describe('pages that are made of the policies', () => {
  it('exports.md says which policy goes into which form now (npm run docs writes it)', {
    timeout: 180_000,
  }, async () => {
    expect(read('docs/reference/exports.md')).toBe(await exportsPage(join(root, 'policies'), process.env));
  });
});

describe('what must agree with package.json', () => {
  const manifest = JSON.parse(read('package.json')) as {
    version: string;
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };

  it('version', () => {
    expect(VERSION).toBe(manifest.version);
  });

  it('every dependency has one line of reason, and no line is left over', () => {
    const page = read('docs/dependencies.md').split('## Tools that are called')[0] ?? '';
    const listed = [...page.matchAll(/^\| (@?[a-z0-9/._-]+) \| (.+) \|$/gm)]
      .map((match) => match[1])
      .filter((name) => name !== 'package');
    expect(listed.sort()).toEqual(
      [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)].sort(),
    );
  });
});
