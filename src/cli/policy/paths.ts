import { join, resolve } from 'node:path';

/** What `policy build`, `keys` and `sign` write, below the policy repository; git does not see it. */
export const BUNDLE = join('.exhibit', 'bundle.tar.gz');
export const PRIVATE_KEY = join('.exhibit', 'keys', 'bundle.pem');
export const PUBLIC_KEY = join('.exhibit', 'keys', 'bundle.pub.pem');

/** A file that the user named from where he stands, or the usual one in the repository. */
export function fileIn(cwd: string, folder: string, named: string | undefined, usual: string): string {
  return named === undefined ? resolve(cwd, folder, usual) : resolve(cwd, named);
}
