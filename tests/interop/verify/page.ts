import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const page = readFileSync(new URL('../../../docs/how-to/verify-by-hand.md', import.meta.url), 'utf8');

/** The commands of docs/how-to/verify-by-hand.md, as a reader would type them one after the other. */
export const script = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block).join('\n');

const missing = ['sha256sum', 'xxd', 'base64', 'openssl'].filter(
  (tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0,
);
const old = missing.length === 0 && / [01]\./.test(execFileSync('openssl', ['version']).toString());

/** Why the page cannot be followed on this machine; empty where it can. */
export const reason =
  missing.length > 0 ? `${missing.join(', ')} not installed` : old ? 'OpenSSL is older than 3.0' : '';
if (reason !== '' && process.env.CI === 'true') throw new Error(reason);

/** Follows the page in a folder with record.json, record.tlog-proof and log.vkey. */
export function followPage(folder: string): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8' });
  return { status, stdout, stderr };
}
