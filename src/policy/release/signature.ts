import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../exec.ts';
import type { GitRun } from './git-in.ts';
import type { SignedTag, Trust } from './types.ts';

/** Who signed; or in words why nobody whom we believe did. */
export type Verified = Pick<SignedTag, 'method' | 'signer' | 'key'>;

/** Verifies the signature of a tag or a commit with git, and so with ssh-keygen or gpg: `gpg` sees no key but the given ones. */
export async function verifyObject(
  git: GitRun,
  kind: 'tag' | 'commit',
  object: string,
  trust: Trust,
): Promise<Verified | string> {
  const folder = await mkdtemp(join(tmpdir(), 'exhibit-trust-'));
  try {
    const signers = join(folder, 'allowed_signers');
    await writeFile(signers, trust.allowedSigners ?? '');
    const env = { GNUPGHOME: folder };
    if (trust.keyring !== undefined) {
      await writeFile(join(folder, 'keys'), trust.keyring);
      const imported = await run(
        'gpg',
        ['--batch', '--quiet', '--no-autostart', '--import', join(folder, 'keys')],
        {
          env: { ...process.env, ...env },
        },
      );
      if (imported.code !== 0) return `the keyring cannot be read: ${lastLine(imported.stderr)}`;
    }
    const { code, stderr } = await git(
      ['-c', `gpg.ssh.allowedSignersFile=${signers}`, `verify-${kind}`, '--raw', object],
      env,
    );
    return understood(code, stderr);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * What git, ssh-keygen and gpg said. A good exit code alone is not enough.
 * @see ssh-keygen(1) -Y verify; GnuPG doc/DETAILS: GOODSIG, VALIDSIG, EXPKEYSIG, REVKEYSIG
 */
export function understood(code: number, said: string): Verified | string {
  const ssh = /^Good "git" signature for (.+) with \S+ key (SHA256:\S+)\s*$/m.exec(said);
  if (code === 0 && ssh !== null) return { method: 'ssh', signer: ssh[1] ?? '', key: ssh[2] ?? '' };
  const good = /^\[GNUPG:\] GOODSIG \S+ (.+)$/m.exec(said)?.[1];
  // The fingerprint of the key that signed comes first, that of its primary key last.
  const key = /^\[GNUPG:\] VALIDSIG (.+)$/m.exec(said)?.[1]?.trim().split(' ').at(-1);
  const ended = /^\[GNUPG:\] (EXPSIG|EXPKEYSIG|REVKEYSIG|BADSIG|ERRSIG)/m.exec(said)?.[1];
  if (code === 0 && good !== undefined && key !== undefined && ended === undefined)
    return { method: 'gpg', signer: good, key };
  return reason(said, ended);
}

function reason(said: string, ended: string | undefined): string {
  if (/NO_PUBKEY/.test(said)) return 'it is signed by a key that is not in the keyring';
  if (ended === 'EXPSIG' || ended === 'EXPKEYSIG') return 'its signature or the key has expired';
  if (ended === 'REVKEYSIG') return 'its key was revoked';
  if (ended !== undefined) return 'its signature does not verify';
  if (/No principal matched/i.test(said))
    return 'it is signed by a key that is not among the allowed signers';
  if (/no signature found/i.test(said) || said.trim() === '') return 'it is not signed';
  return lastLine(said);
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
