import { execFile } from 'node:child_process';

const MILLISECONDS = 30_000;
const MOST_BYTES = 1024 * 1024;

/** What a command prints, or undefined where it is not there or fails. @param env its environment: it finds its own login there */
export function printed(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(
      command,
      [...args],
      { env, timeout: MILLISECONDS, maxBuffer: MOST_BYTES, encoding: 'utf8' },
      (error, stdout) => resolve(error === null ? stdout : undefined),
    );
  });
}
