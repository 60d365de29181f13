import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toolIsThere } from '../policy/export-corpus.ts';

/** Where Debian and others put the module. */
const MODULE = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib64/pkcs11/libsofthsm2.so'].find((path) =>
  existsSync(path),
);

const missing: string[] = [];
if (MODULE === undefined || !(await toolIsThere('softhsm2-util', ['--version']))) missing.push('softhsm2');
// Of the same package as pkcs11-tool, which has no option that only says that it is there.
if (!(await toolIsThere('opensc-tool', ['--version']))) missing.push('opensc');

/** Empty where the tools are there, else the reason of a skip. In CI a missing one is a failure. */
export const why = missing.length === 0 ? '' : ` (skipped: no ${missing.join(' and no ')} found)`;

export const PIN = '5678-right';

/** A token of SoftHSM, in a folder of its own. */
export interface Token {
  /** `pkcs11:` URI of the key with this id. */
  uri(id: string): string;
  /** Makes an Ed25519 pair in the token. */
  createKey(id: string, label: string): void;
  remove(): Promise<void>;
  insert(): Promise<void>;
  stop(): Promise<void>;
}

/** Sets SOFTHSM2_CONF for this process: the module reads it. */
export async function startToken(label = 'audit log'): Promise<Token> {
  const folder = await mkdtemp(join(tmpdir(), 'exhibit-hsm-'));
  const tokens = join(folder, 'tokens');
  await mkdir(tokens);
  const conf = join(folder, 'softhsm2.conf');
  await writeFile(conf, `directories.tokendir = ${tokens}\nobjectstore.backend = file\n`);
  process.env.SOFTHSM2_CONF = conf;
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { env: { ...process.env, TEST_PIN: PIN }, stdio: 'pipe' });
  run('softhsm2-util', '--init-token', '--free', '--label', label, '--so-pin', '1234', '--pin', PIN);
  return {
    uri: (id) => `pkcs11:token=${encodeURIComponent(label)};id=%${id}?module-path=${MODULE}`,
    createKey(id, name) {
      run(
        'pkcs11-tool',
        `--module=${MODULE}`,
        `--token-label=${label}`,
        '--login',
        '--pin=env:TEST_PIN',
        '--keypairgen',
        '--key-type=EC:edwards25519',
        `--id=${id}`,
        `--label=${name}`,
      );
    },
    // SoftHSM finds no token where its folder is empty.
    remove: async () => {
      await rename(tokens, `${tokens}.out`);
      await mkdir(tokens);
    },
    insert: async () => {
      await rm(tokens, { recursive: true });
      await rename(`${tokens}.out`, tokens);
    },
    stop: () => rm(folder, { recursive: true }),
  };
}
