import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildBundle, findOpa, generateBundleKey, signBundle } from '../../src/policy/index.ts';
import { copyPolicy } from '../build/run.ts';

const ROOT = join(import.meta.dirname, '..', '..');

export interface AdmissionBundle {
  file: string;
  /** Public half of the key that signed it. */
  key: string;
  remove(): void;
}

/** A bundle of so many policies that judge at admission: those of the library, and copies of them under other names. */
export async function admissionBundle(wanted: number): Promise<AdmissionBundle> {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-bench-admission-'));
  const repository = join(folder, 'policies');
  cpSync(join(ROOT, 'policies'), repository, { recursive: true });
  const judging = policiesOf(repository).filter((policy) => {
    const keep = /^# +admission: \w+$/m.test(readFileSync(join(policy, 'policy.rego'), 'utf8'));
    if (!keep) rmSync(policy, { recursive: true });
    return keep;
  });
  for (let i = 0; judging.length + i < wanted; i += 1) copyPolicy(judging[i % judging.length] ?? '', i);
  for (const policy of judging.slice(wanted)) rmSync(policy, { recursive: true });
  const pair = generateBundleKey();
  const [file, key] = [join(folder, 'bundle.tar.gz'), join(folder, 'bundle.pub.pem')];
  const built = await buildBundle(repository, {
    opa: await findOpa(process.env),
    revision: 'bench',
    revision_time: 1_700_000_000,
  });
  const { tar } = await signBundle(built.files, pair.privateKeyPem, 'bundle');
  writeFileSync(key, pair.publicKeyPem);
  writeFileSync(file, tar);
  return { file, key, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function policiesOf(repository: string): string[] {
  return readdirSync(join(repository, 'policies'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('policy.rego'))
    .map((path) => join(repository, 'policies', path, '..'))
    .sort();
}
