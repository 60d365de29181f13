import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateBundleKey } from '../../../policy/index.ts';
import { signedBundle } from '../../../server/testing/signed.ts';

const LIBRARY = join(import.meta.dirname, '../../../../policies');
const read = (name: string) => readFileSync(join(LIBRARY, name), 'utf8');

/** A signed bundle with a few policies of the starter library, and its public key. @param policies such as `data/volume-encrypted-at-rest` */
export async function libraryBundle(policies: readonly string[], time: number) {
  const files: Record<string, string> = {};
  for (const name of readdirSync(join(LIBRARY, 'frameworks')))
    files[`frameworks/${name}`] = read(`frameworks/${name}`);
  for (const lib of ['resources', 'testing'])
    for (const name of readdirSync(join(LIBRARY, 'lib', lib)))
      if (lib === 'testing' || !name.endsWith('_test.rego'))
        files[`lib/${lib}/${name}`] = read(`lib/${lib}/${name}`);
  for (const policy of policies)
    for (const name of ['policy.rego', 'policy_test.rego'])
      files[`policies/${policy}/${name}`] = read(`policies/${policy}/${name}`);
  const { privateKeyPem, publicKeyPem } = generateBundleKey();
  return { bundle: await signedBundle(privateKeyPem, time, files), key: publicKeyPem };
}
