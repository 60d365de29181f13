import { ExhibitError } from '../../record/index.ts';
import { gitIn } from './git-in.ts';
import type { ReleaseConfig, Trust } from './types.ts';

/**
 * Whom a repository itself says to believe, as the commit holds it. Whoever may change those files may name himself: reviewers of
 * the repository hold that, and the bundle says that the trust came from there.
 * @returns undefined where exhibit.yaml names nobody
 * @throws ExhibitError POLICY_INVALID for a file that the commit does not hold
 */
export async function trustOf(
  folder: string,
  revision: string,
  { allowed_signers, keyring }: Partial<ReleaseConfig> = {},
): Promise<Trust | undefined> {
  if (allowed_signers === undefined && keyring === undefined) return undefined;
  const read = async (path: string): Promise<Buffer> => {
    const { code, stdout } = await gitIn(folder)(['cat-file', 'blob', `${revision}:./${path}`]);
    if (code === 0) return stdout;
    throw new ExhibitError('POLICY_INVALID', `exhibit.yaml names ${path}, which the commit does not hold.`, {
      location: { file: path },
    });
  };
  return {
    source: 'repository',
    ...(allowed_signers === undefined
      ? {}
      : { allowedSigners: (await read(allowed_signers)).toString('utf8') }),
    ...(keyring === undefined ? {} : { keyring: await read(keyring) }),
  };
}
