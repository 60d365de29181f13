import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Machine } from '../../../src/cli/testing/program.ts';
import { buildBundle, signBundle } from '../../../src/policy/index.ts';
import { keptCompiler } from '../../../src/policy/testing/compiler.ts';

/** The policies of the library that these tests are about; the rest would only take time. */
const KEPT = [
  'kubernetes/workload-labelled',
  'supply-chain/attested-images',
  'supply-chain/attested-workloads',
];

export interface Bundled {
  file: string;
  /** Commit time of the policies, Unix seconds. */
  serial: number;
}

/** Part of the library, with the two policies enforced, as a repository of its own. */
export function repositoryIn(folder: string, files: Readonly<Record<string, string>>): string {
  const root = join(folder, 'policies');
  execFileSync('cp', ['-r', 'policies', root]);
  for (const area of readdirSync(join(root, 'policies')))
    for (const policy of readdirSync(join(root, 'policies', area)))
      if (!KEPT.includes(`${area}/${policy}`))
        rmSync(join(root, 'policies', area, policy), { recursive: true });
  for (const policy of KEPT.slice(1)) {
    const file = join(root, 'policies', policy, 'policy.rego');
    writeFileSync(file, readFileSync(file, 'utf8').replace('admission: observe', 'admission: enforce'));
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  return root;
}

/** @param serial commit time, Unix seconds */
export async function bundleOf(root: string, file: string, secret: string, serial: number): Promise<Bundled> {
  const opa = await keptCompiler();
  const built = await buildBundle(root, { opa, revision: `r${serial}`, revision_time: serial });
  writeFileSync(file, (await signBundle(built.files, secret, 'bundle')).tar);
  return { file, serial };
}

/** A machine that runs the gate. */
export class Gate extends Machine {
  /** Judges a manifest and signs. @returns the envelope on one line */
  async pass(
    manifest: string,
    bundle: { file: string; key: string },
    { key = 'gate', more = [] }: { key?: string; more?: readonly string[] } = {},
  ): Promise<string> {
    writeFileSync(join(this.folder, 'manifest.yaml'), manifest);
    const { code, stdout, stderr } = await this.run(
      ...['check', 'manifest.yaml', '--bundle', bundle.file, '--bundle-key', bundle.key],
      ...['--attest', 'pass.intoto.jsonl', '--attest-key', `${key}.pem`, ...more],
    );
    if (code !== 0) throw new Error(`the gate ended with ${code}\n${stdout}${stderr}`);
    return readFileSync(join(this.folder, 'pass.intoto.jsonl'), 'utf8').trim();
  }
}
