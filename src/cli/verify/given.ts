import { readFileSync } from 'node:fs';
import { ExhibitError } from '../../record/index.ts';

/** A file that the command line names. @throws ExhibitError NOT_FOUND */
export function readGiven(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new ExhibitError('NOT_FOUND', 'the file cannot be read', { cause, location: { file } });
  }
}

/** The same as text. @throws ExhibitError NOT_FOUND */
export function readGivenText(file: string): string {
  return readGiven(file).toString('utf8');
}
