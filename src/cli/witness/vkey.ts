import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ExhibitError } from '../../record/index.ts';
import type { Context } from '../context.ts';

/** A key that is given as text, or in a file. */
export function textOrFile(given: string, { cwd }: Pick<Context, 'cwd'>): string {
  if (/^[^+\s]+\+[0-9a-f]{8}\+/.test(given)) return given;
  const file = resolve(cwd, given);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new ExhibitError('NOT_FOUND', 'the file with the key cannot be read', {
      cause,
      location: { file },
    });
  }
}
