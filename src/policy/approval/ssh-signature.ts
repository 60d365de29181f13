import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExhibitError } from '../../record/index.ts';
import { run } from '../exec.ts';

/** What approvals are signed for: a signature for anything else (a commit, a file) is no approval. */
export const SIGNATURE_NAMESPACE = 'exhibit-override';
/** The people who may approve, and their keys, in the repository. */
export const SIGNERS_FILE = 'overrides/allowed_signers';

const MISSING = 'Install OpenSSH (ssh-keygen), 8.9 or newer.';

/**
 * Signs bytes with an SSH key, as `ssh-keygen -Y sign` does.
 * @param key file of a private key; or of a public one, whose private half the agent holds
 * @returns the armored signature
 * @throws ExhibitError TOOL_MISSING, TOOL_FAILED with the program's own words
 */
export async function signSsh(bytes: Uint8Array, key: string): Promise<Uint8Array> {
  const { code, stdout, stderr } = await sshKeygen(
    ['-Y', 'sign', '-n', SIGNATURE_NAMESPACE, '-f', key],
    bytes,
  );
  if (code === 0) return stdout;
  throw new ExhibitError('TOOL_FAILED', `ssh-keygen did not sign: ${stderr.trim()}`, {
    hint: 'Name the key with --key: a private key, or a public one whose private half is in the SSH agent.',
  });
}

export interface SshVerification {
  bytes: Uint8Array;
  signature: Uint8Array;
  /** In the form of ALLOWED SIGNERS of ssh-keygen(1). */
  signers: Uint8Array;
  /** Who must have signed. */
  person: string;
  /** When the key had to be valid, RFC 3339 in UTC. */
  at: string;
}

/**
 * Verifies an armored SSH signature against the list of signers.
 * @returns the fingerprint of the key; undefined where it does not verify for this person, these bytes and this purpose
 * @throws ExhibitError TOOL_MISSING
 */
export async function verifySsh(asked: SshVerification): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'exhibit-ssh-'));
  try {
    const [signers, signature] = [join(folder, 'signers'), join(folder, 'signature')];
    await writeFile(signers, asked.signers);
    await writeFile(signature, asked.signature);
    const time = asked.at.replace(/[-:T]|\.\d+Z$/g, '');
    const args = ['-f', signers, '-s', signature, '-n', SIGNATURE_NAMESPACE, `-Overify-time=${time}`];
    const { code, stdout } = await sshKeygen(['-Y', 'verify', ...args, '-I', asked.person], asked.bytes);
    if (code !== 0) return undefined;
    return /\b(SHA256:\S+)/.exec(stdout.toString('utf8'))?.[1] ?? 'unknown key';
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Without the caller's settings; its time zone is UTC, since `verify-time` is read in it. */
async function sshKeygen(args: readonly string[], stdin: Uint8Array) {
  const { PATH, HOME, SSH_AUTH_SOCK, SSH_ASKPASS, DISPLAY } = process.env;
  try {
    const env = { PATH, HOME, SSH_AUTH_SOCK, SSH_ASKPASS, DISPLAY, TZ: 'UTC', LC_ALL: 'C' };
    return await run('ssh-keygen', args, { stdin, env });
  } catch (error) {
    if (!(error instanceof ExhibitError) || error.code !== 'TOOL_MISSING') throw error;
    throw new ExhibitError('TOOL_MISSING', error.message, { cause: error, hint: MISSING });
  }
}
