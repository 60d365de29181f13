// Writes the pages and schemas that are generated from the code. A test fails when one is not fresh.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exportsPage } from './reference/exports.ts';
import { generatedFiles } from './reference/files.ts';

const root = join(import.meta.dirname, '..');
for (const [file, text] of Object.entries(await generatedFiles())) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}
writeFileSync(
  join(root, 'docs', 'reference', 'exports.md'),
  await exportsPage(join(root, 'policies'), process.env),
);
