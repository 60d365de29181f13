import { z } from 'zod';
import { formatVkey, parseVkey, type VerifierKey } from '../../verify/index.ts';
import { nodeCrypto } from '../../verify/node.ts';
import { signerFailed, wrongKey } from './fault.ts';
import { outsideKey } from './outside.ts';
import { formatSignerPlace, parseSignerPlace } from './place.ts';
import { fileError } from './secret-file.ts';
import type { LogSigner, OutsideKey, SignerPlace } from './types.ts';

const FORMAT = 'exhibit.signer/1';

/** What the key file holds where the key is elsewhere. It is no secret, but whoever may change it chooses who signs. */
const referenceSchema = z.strictObject({ format: z.literal(FORMAT), signer: z.string(), vkey: z.string() });

/** Whether a key file says where the key is instead of holding it. */
export const isReference = (text: string): boolean => text.trimStart().startsWith('{');

/** @throws ExhibitError LEDGER_KEY, CONFIG_INVALID */
export function referred(text: string, path: string): LogSigner {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Said below: the schema refuses it too.
  }
  const parsed = referenceSchema.safeParse(value);
  if (!parsed.success) throw fileError(path, 'the key file', `is not of the form ${FORMAT}`);
  const { signer, vkey } = parsed.data;
  return outsideSigner(parseSignerPlace(signer), parseVkey(nodeCrypto.sha256, vkey));
}

/**
 * A signer outside this process. Its answer is not believed: what does not verify with the key of the ledger is never published.
 * @param outside for tests of what a lying signer does
 */
export function outsideSigner(
  place: SignerPlace,
  key: VerifierKey,
  outside: OutsideKey = outsideKey(place),
): LogSigner {
  const name = formatSignerPlace(place);
  return {
    key,
    kind: place.kind,
    place: name,
    stored: JSON.stringify({ format: FORMAT, signer: name, vkey: formatVkey(key) }),
    async sign(message) {
      const signature = new Uint8Array(await outside.sign(message));
      if (nodeCrypto.verifyEd25519(key.publicKey, message, signature)) return signature;
      // Asked only now: each seal would else wait for two answers.
      await sameKey(name, key, outside);
      throw signerFailed(name, `answered with a signature that does not verify with ${key.id}`, {
        reason: 'wrong signature',
      });
    },
  };
}

/** @throws ExhibitError LEDGER_KEY, SIGNER_FAILED */
export async function sameKey(name: string, key: VerifierKey, outside: OutsideKey): Promise<void> {
  if (Buffer.compare(await outside.publicKey(), key.publicKey) === 0) return;
  throw wrongKey(
    name,
    `holds another key than the one of the ledger, ${key.id}`,
    'Name the key that signed last; to change it: exhibit ledger rotate-key FOLDER --signer NEW',
  );
}
