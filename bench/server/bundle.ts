import { cpSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildBundle, findOpa, generateBundleKey, signBundle } from '../../src/policy/index.ts';
import { ROOT } from './place.ts';

export interface Bundles {
  file: string;
  key: string;
  /** Lines of a server's configuration. */
  lines: string[];
  /** Puts another bundle of the same policies there, as a pipeline does it. @returns its bytes */
  replace(): Promise<Uint8Array>;
}

/** The starter library, built by the real opa and signed. */
export async function bundles(): Promise<Bundles> {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-bench-bundle-'));
  const repository = join(folder, 'policies');
  cpSync(join(ROOT, 'policies'), repository, { recursive: true });
  const pair = generateBundleKey();
  const [file, key] = [join(folder, 'bundle.tar.gz'), join(folder, 'bundle.pub.pem')];
  writeFileSync(key, pair.publicKeyPem);
  const built = await buildBundle(repository, {
    opa: await findOpa(process.env),
    revision: 'bench',
    revision_time: 1_700_000_000,
  });
  const replace = async () => {
    // Each signature has its own randomness, so the file is another one; the policies are the same.
    const { tar } = await signBundle(built.files, pair.privateKeyPem, 'bundle');
    writeFileSync(`${file}.new`, tar);
    renameSync(`${file}.new`, file);
    return tar;
  };
  await replace();
  return { file, key, lines: ['bundles:', `  - {name: main, file: "${file}", keys: ["${key}"]}`], replace };
}
