import { ExhibitError } from '../../record/index.ts';
import { type RunResult, run } from '../exec.ts';

/** Runs git; a non-zero exit code is a result. */
export type GitRun = (args: readonly string[], extra?: NodeJS.ProcessEnv) => Promise<RunResult>;

/** What decides which program verifies, and what git prints, must not come from anybody's settings. */
const FIXED = [
  ...['core.quotePath=false', 'log.showSignature=false', 'gpg.program=gpg', 'gpg.ssh.program=ssh-keygen'],
  ...['gpg.x509.program=false', 'gpg.minTrustLevel=undefined', 'gpg.ssh.revocationFile='],
].flatMap((setting) => ['-c', setting]);

/** git in a folder, without what the environment says of another repository. */
export function gitIn(folder: string): GitRun {
  return (args, extra = {}) => {
    const env = { ...process.env };
    for (const name of Object.keys(env))
      if (/^GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX|CONFIG_(COUNT|KEY_.*|VALUE_.*|PARAMETERS))$/.test(name))
        delete env[name];
    return run('git', [...FIXED, ...args], {
      cwd: folder,
      env: { ...env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C', ...extra },
    });
  };
}

/** Its output. @throws ExhibitError TOOL_FAILED */
export async function outputOf(git: GitRun, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await git(args);
  if (code === 0) return stdout.toString('utf8');
  throw new ExhibitError('TOOL_FAILED', `git ${args[0]} ended with exit code ${code}: ${stderr.trim()}`);
}
