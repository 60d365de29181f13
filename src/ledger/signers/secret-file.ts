import { readFile, stat } from 'node:fs/promises';
import { ExhibitError } from '../../record/index.ts';
import { systemCode } from '../../store/index.ts';

/** What is secret here is short: a key, a PIN. */
const MOST_BYTES = 65_536;

/**
 * The text of a file that only its owner may read.
 * @param what how the file is called in the message
 * @throws ExhibitError LEDGER_KEY; the message never holds what is in it
 */
export async function readSecretFile(path: string, what: string): Promise<string> {
  try {
    const { mode, size } = await stat(path);
    // Windows has no such bits and reports 0666.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw fileError(
        path,
        what,
        `may be read by others (mode ${(mode & 0o777).toString(8)})`,
        `chmod 600 ${path}`,
      );
    }
    if (size > MOST_BYTES) throw fileError(path, what, `has more than ${MOST_BYTES} bytes`);
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof ExhibitError) throw cause;
    throw fileError(
      path,
      what,
      `cannot be read (${systemCode(cause) ?? 'error'})`,
      'The writer needs it; readers do not.',
    );
  }
}

export function fileError(path: string, what: string, why: string, hint?: string): ExhibitError {
  return new ExhibitError('LEDGER_KEY', `${what} ${path} ${why}`, {
    location: { file: path },
    ...(hint === undefined ? {} : { hint }),
  });
}
