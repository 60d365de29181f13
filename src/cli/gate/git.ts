import { execFileSync } from 'node:child_process';

/**
 * What git prints, or undefined where it fails. It takes no locks, asks nobody, and runs no program that a repository's settings name
 * for a diff.
 */
export function gitText(cwd: string, ...args: readonly string[]): string | undefined {
  return gitBytes(cwd, args)?.toString('utf8');
}

export function gitBytes(cwd: string, args: readonly string[], input?: string): Buffer | undefined {
  try {
    return execFileSync('git', ['-c', 'core.quotePath=false', '-c', 'core.fsmonitor=false', ...args], {
      cwd,
      input,
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
      maxBuffer: 1024 * 1024 * 1024,
    });
  } catch {
    return undefined;
  }
}

/** Names that git ends with NUL. */
export function names(text: string | undefined): string[] {
  return (text ?? '').split('\0').filter((name) => name !== '');
}
