import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { admittedPage } from './admitted.ts';
import { commandsPage } from './commands.ts';
import { configurationPage } from './configuration.ts';
import { costPage } from './cost.ts';
import { errorsPage } from './errors.ts';
import { formatsPage } from './formats.ts';
import { inputsPage } from './inputs.ts';
import { libraryPage } from './library.ts';
import { recordPage } from './record.ts';
import { schemaFiles } from './schemas.ts';
import { threatModelPage } from './threat-model.ts';

const page = (file: string): string => readFileSync(join(import.meta.dirname, '../..', file), 'utf8');

/** Every generated file with its text. */
export async function generatedFiles(): Promise<Record<string, string>> {
  return {
    'docs/reference/admitted-differences.md': admittedPage(),
    'docs/reference/commands.md': commandsPage(),
    'docs/reference/configuration.md': configurationPage(),
    'docs/reference/cost.md': costPage(),
    'docs/reference/errors.md': errorsPage(),
    'docs/reference/formats.md': formatsPage(),
    'docs/reference/inputs.md': inputsPage(),
    'docs/reference/library.md': await libraryPage(),
    'docs/reference/record.md': recordPage(),
    'docs/threat-model.md': threatModelPage(page('docs/threat-model.md')),
    ...schemaFiles(),
  };
}
