import { spawnSync } from 'node:child_process';
import { toolIsThere } from '../policy/export-corpus.ts';

/** Empty where cosign is there, else the reason of a skip. In CI a missing one is a failure. */
export const why = (await toolIsThere('cosign', ['version'])) ? '' : ' (skipped: no cosign found)';

/** Runs the real cosign in a folder, without a home of its own and without a password. */
export function cosign(folder: string, ...args: string[]): { code: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync('cosign', args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, HOME: folder, COSIGN_PASSWORD: '' },
    timeout: 60_000,
  });
  return { code: status, output: `${stdout}${stderr}` };
}
