import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Tessera's fsck: another program, in Go, that checks every entry, tile and the root of a tlog-tiles log. Not that of the system. */
const run = promisify(execFile);
export const present = await run('fsck', ['--help']).then(
  ({ stderr }) => stderr.includes('tlog-tiles'),
  (error: { stderr?: string }) => error.stderr?.includes('tlog-tiles') === true,
);
if (process.env.CI === 'true' && !present) throw new Error("Tessera's fsck was not found on PATH");
export const why = present ? '' : " (skipped: Tessera's fsck was not found)";

/**
 * What fsck says of a log at a URL. It ends with 0 either way, and hangs with fewer workers than bad tiles: so eight, and its words.
 * @param vkeyFile with the public key of the log
 */
export async function fsck(url: string, vkeyFile: string): Promise<string> {
  const args = ['-N', '8', '-ui=false', `-storage_url=${url}`, `-public_key=${vkeyFile}`];
  const { stderr } = await run('fsck', args, { timeout: 60_000, maxBuffer: 64 * 1024 * 1024 });
  return stderr;
}

/** How fsck says that it computed the root of the whole log itself. */
export const success = (size: number, root: string): string =>
  `Successfully fsck'd log with size ${size} and root ${Buffer.from(root, 'hex').toString('base64')} `;
