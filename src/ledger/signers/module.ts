import { realpath, stat } from 'node:fs/promises';
import { systemCode } from '../../store/index.ts';
import { signerFailed } from './fault.ts';
import type { Surroundings } from './types.ts';

const MODULE = 'EXHIBIT_PKCS11_MODULE';

/**
 * The library of a token, where it may be loaded: it runs in a process of ours. The folder of a ledger names it, and which folder that is
 * may stand in a file of what is judged. So it must belong to the system, or be named by the environment too.
 * @param path attacker-controlled, where the folder of the ledger is
 * @throws ExhibitError SIGNER_FAILED
 */
export async function modulePath(path: string, { env }: Surroundings, name: string): Promise<string> {
  if (env[MODULE] === path) return path;
  const hint = `If it is the right one, say so: ${MODULE}=${path}`;
  try {
    const real = await realpath(path);
    const { uid, mode } = await stat(real);
    if (uid === 0 && (mode & 0o022) === 0) return real;
  } catch (cause) {
    throw signerFailed(name, `has no module: ${path} (${systemCode(cause) ?? 'error'})`, {
      reason: 'no module',
    });
  }
  throw signerFailed(name, `names a module that others than root may change: ${path}`, {
    reason: 'module not trusted',
    hint,
  });
}
