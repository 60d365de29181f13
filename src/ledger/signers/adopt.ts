import { makeVkey } from '../../verify/index.ts';
import { nodeCrypto } from '../../verify/node.ts';
import { outsideKey } from './outside.ts';
import { parseSignerPlace } from './place.ts';
import { outsideSigner, sameKey } from './reference.ts';
import type { LogSigner } from './types.ts';

/**
 * The signer at a place, for a log that is to be signed with it. Its public key is read, and it must sign once: after a log has
 * announced a key, no other one can go on.
 * @throws ExhibitError CONFIG_INVALID, LEDGER_KEY, SIGNER_FAILED
 */
export async function adoptSigner(text: string, origin: string): Promise<LogSigner> {
  const place = parseSignerPlace(text);
  const signer = outsideSigner(
    place,
    makeVkey(nodeCrypto.sha256, origin, await outsideKey(place).publicKey()),
  );
  await trySigner(signer);
  return signer;
}

/**
 * Asks a signer for one signature that nobody can take for a checkpoint: its second line is no size.
 * @throws ExhibitError LEDGER_KEY, SIGNER_FAILED
 */
export async function trySigner(signer: LogSigner): Promise<void> {
  await signer.sign(new TextEncoder().encode(`${signer.key.name}\nexhibit asks whether this key signs\n`));
}

/** Reads the public key anew, compares it, and asks for a signature. @throws ExhibitError LEDGER_KEY, SIGNER_FAILED */
export async function checkSignerAnswers(signer: LogSigner): Promise<void> {
  if (signer.kind !== 'ledger')
    await sameKey(signer.place, signer.key, outsideKey(parseSignerPlace(signer.place)));
  await trySigner(signer);
}
