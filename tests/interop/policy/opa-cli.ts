import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Files, Opa } from '../../../src/policy/index.ts';

const execute = (opa: Opa, args: string[], cwd: string) =>
  new Promise<{ code: number; said: string }>((resolve) => {
    execFile(opa.path, args, { cwd }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, said: `${stdout}${stderr}`.trim() });
    });
  });

/** Whether stock OPA takes a bundle with a key: `opa build` verifies what it reads, as `opa run` does. */
export async function opaVerifies(opa: Opa, folder: string, bundle: Uint8Array, keyFile: string) {
  await writeFile(join(folder, 'bundle.tar.gz'), bundle);
  const args = [
    'build',
    '--signing-alg=ES256',
    `--verification-key=${keyFile}`,
    '-b',
    'bundle.tar.gz',
    '-o',
    'out.tar.gz',
  ];
  const { code, said } = await execute(opa, args, folder);
  return { ok: code === 0, said };
}

/** What stock OPA says to a query on a bundle, without verifying it. */
export async function opaEvaluates(opa: Opa, folder: string, bundle: Uint8Array, query: string) {
  await writeFile(join(folder, 'asked.tar.gz'), bundle);
  return execute(opa, ['eval', '--format=raw', '-b', 'asked.tar.gz', query], folder);
}

export const opaVersion = (opa: Opa, folder: string) => execute(opa, ['version'], folder);

/** Files with the `.signatures.json` that the real `opa sign` writes (ES256, no key id). */
export async function opaSign(
  opa: Opa,
  files: Files,
  privateKeyPem: string,
): Promise<Map<string, Uint8Array>> {
  const root = await mkdtemp(join(tmpdir(), 'exhibit-sign-'));
  const bundle = join(root, 'bundle');
  try {
    for (const [name, data] of files) {
      await mkdir(dirname(join(bundle, name)), { recursive: true });
      await writeFile(join(bundle, name), data);
    }
    await writeFile(join(root, 'key.pem'), privateKeyPem);
    const args = ['sign', '--signing-alg=ES256', '--signing-key=../key.pem', '--bundle', '.'];
    const { code, said } = await execute(opa, args, bundle);
    if (code !== 0) throw new Error(said);
    return new Map([...files, ['.signatures.json', await readFile(join(bundle, '.signatures.json'))]]);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
