import { basename, resolve } from 'node:path';
import type { VerificationKey } from '../../policy/index.ts';
import { ExhibitError } from '../../record/index.ts';
import { readPlainFile, SMALL } from '../config/plain-file.ts';

/** Public keys of those who may sign bundles, each under the name of its file. @throws ExhibitError NOT_FOUND */
export function bundleKeys(files: readonly string[], cwd: string): VerificationKey[] {
  return files.map((name) => {
    const file = resolve(cwd, name);
    try {
      return {
        id: basename(name).replace(/(\.pub)?\.pem$/, ''),
        pem: readPlainFile(file, SMALL).toString('utf8'),
      };
    } catch (cause) {
      throw new ExhibitError('NOT_FOUND', `the public key ${name} cannot be read`, {
        cause,
        location: { file },
      });
    }
  });
}
