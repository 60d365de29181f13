import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { shellWord } from '../../record/index.ts';

/** What `policy build`, `keys` and `sign` write, below the policy repository; git does not see it. */
export const BUNDLE = join('.exhibit', 'bundle.tar.gz');
export const PRIVATE_KEY = join('.exhibit', 'keys', 'bundle.pem');
export const PUBLIC_KEY = join('.exhibit', 'keys', 'bundle.pub.pem');

/** A file that the user named from where he stands, or the usual one in the repository. */
export function fileIn(cwd: string, folder: string, named: string | undefined, usual: string): string {
  return named === undefined ? resolve(cwd, folder, usual) : resolve(cwd, named);
}

/**
 * What to do where no public key was named. One that lies beside the bundle is named but never taken: whoever puts a bundle
 * there can put a key there as well, so it proves nothing.
 * @param bundle file of the bundle
 * @param option that names the key
 */
export function keyHint(bundle: string, option: string): string {
  const names = [
    'bundle.pub.pem',
    join('keys', 'bundle.pub.pem'),
    `${basename(bundle).split('.')[0]}.pub.pem`,
  ];
  const beside = names.map((name) => join(dirname(bundle), name)).find((file) => existsSync(file));
  const usual = `Name it with ${option}. It is bundle.pub.pem of whoever signs the bundle; a new key cannot verify an old bundle.`;
  if (beside === undefined) return usual;
  return `Beside the bundle lies a public key. It is not taken by itself: a key that comes with a bundle proves nothing about it. If you know that it is the signer's, name it: ${option} ${shellWord(beside)}`;
}
