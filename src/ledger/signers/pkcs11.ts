import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { systemCode } from '../../store/index.ts';
import { signerFailed, wrongKey } from './fault.ts';
import { modulePath } from './module.ts';
import { pkcs11Uri } from './pkcs11-uri.ts';
import { readSecretFile } from './secret-file.ts';
import { ed25519Bytes } from './spki.ts';
import type { OutsideKey, SignerPlace, Surroundings } from './types.ts';

const TOOL = 'pkcs11-tool';
const PIN = 'EXHIBIT_PKCS11_PIN';
/** The name under which the tool finds the PIN: neither its arguments nor a file hold it. */
const TOOL_PIN = 'PKCS11_PIN';
const MOST_BYTES = 65_536;

const HINTS: Readonly<Record<string, string>> = {
  CKR_PIN_LOCKED: 'The token has locked itself: its security officer unlocks it.',
  CKR_PIN_INCORRECT: `Put the right PIN into ${PIN} or the file of pin-source, and start the writer again.`,
  CKR_MECHANISM_INVALID: 'The token does not do EdDSA: take another one.',
};

/** PINs that a token refused, by digest. A token locks itself after a few wrong ones, and the writer seals every second. */
const refused = new Set<string>();

/**
 * A key in a PKCS #11 token, by OpenSC's `pkcs11-tool`, which is started for each signature. The key is found by its id: the
 * tool signs with the first key that it sees, whatever label it was given (0.23).
 */
export function pkcs11Key(place: Extract<SignerPlace, { kind: 'pkcs11' }>, around: Surroundings): OutsideKey {
  const name = pkcs11Uri(place);
  const ask = async (args: readonly string[], input: Uint8Array): Promise<Buffer> => {
    const pin = await pinOf(place.pinFile, around, name);
    const mark = createHash('sha256').update(`${name}\n${pin}`).digest('hex');
    if (refused.has(mark)) {
      throw signerFailed(
        name,
        'refused this PIN before: it is not given again, since a token locks itself after a few',
        { reason: 'CKR_PIN_INCORRECT', hint: HINTS.CKR_PIN_INCORRECT ?? '' },
      );
    }
    const module = await modulePath(place.module, around, name);
    const all = [
      `--module=${module}`,
      `--token-label=${place.token}`,
      '--login',
      `--pin=env:${TOOL_PIN}`,
      `--id=${place.id}`,
      ...args,
    ];
    const { code, stdout, stderr } = await start(all, input, pin, around);
    if (code === 0) return stdout;
    const reason =
      /\bCKR_[A-Z0-9_]{1,60}\b/.exec(stderr)?.[0] ??
      (/No slot/.test(stderr) ? 'no such token' : code === 'ENOENT' ? `no ${TOOL}` : String(code));
    if (reason === 'CKR_PIN_INCORRECT') refused.add(mark);
    const hint = code === 'ENOENT' ? `Install OpenSC, which brings ${TOOL}.` : HINTS[reason];
    throw signerFailed(name, `gave no answer that can be used (${reason})`, {
      reason,
      ...(hint === undefined ? {} : { hint }),
    });
  };
  return {
    async publicKey() {
      const bytes = ed25519Bytes(await ask(['--read-object', '--type=pubkey'], new Uint8Array()));
      if (bytes === undefined)
        throw wrongKey(
          name,
          'shows no Ed25519 public key under this id',
          `Make a pair with: ${TOOL} --keypairgen --key-type EC:edwards25519 --id ${place.id}`,
        );
      return bytes;
    },
    sign: (message) => ask(['--sign', '--mechanism=EDDSA'], message),
  };
}

async function pinOf(file: string | undefined, { env }: Surroundings, name: string): Promise<string> {
  const pin = file === undefined ? env[PIN] : (await readSecretFile(file, 'the PIN file')).trim();
  if (pin !== undefined && pin !== '') return pin;
  throw signerFailed(name, 'has no PIN', {
    reason: 'no PIN',
    hint: `Set ${PIN}, or name a file in pin-source.`,
  });
}

interface Ended {
  code: number | string;
  stdout: Buffer;
  stderr: string;
}

function start(
  args: readonly string[],
  input: Uint8Array,
  pin: string,
  { env, timeout }: Surroundings,
): Promise<Ended> {
  // The module of the token may want variables of its own; ours, with tokens of servers among them, are no matter of it.
  const kept = Object.entries(env).filter(([key]) => !key.startsWith('EXHIBIT_'));
  return new Promise((resolve) => {
    const options = {
      env: { ...Object.fromEntries(kept), [TOOL_PIN]: pin, LC_ALL: 'C' },
      timeout,
      killSignal: 'SIGKILL' as const,
      maxBuffer: MOST_BYTES,
      encoding: 'buffer' as const,
    };
    const child = execFile(TOOL, [...args], options, (error, stdout, stderr) => {
      const code =
        error === null
          ? 0
          : child.killed
            ? 'no answer in time'
            : (systemCode(error) ?? error.code ?? 'error');
      resolve({ code, stdout, stderr: stderr.toString('latin1') });
    });
    // It may end before it has read.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
