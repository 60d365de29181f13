import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../store/index.ts';
import { readConfig } from './config.ts';
import { SIGNER } from './layout.ts';
import { type LogSigner, readSigner } from './signer.ts';
import { checkSignerAnswers } from './signers/adopt.ts';

/** Who signs a log. Never a secret. */
export interface SignerFacts {
  kind: LogSigner['kind'];
  /** As it is configured: a file, a key of KMS, a PKCS #11 URI. */
  place: string;
  /** Id of its key, 8 hexadecimal digits. */
  key: string;
}

/**
 * What the folder says of its signer, who is not asked; undefined in a copy to read, and for a user who may not read the keys.
 * @throws ExhibitError LEDGER_KEY
 */
export async function signerFacts(folder: string, origin: string): Promise<SignerFacts | undefined> {
  try {
    await access(join(folder, SIGNER), constants.R_OK);
  } catch (error) {
    if (['ENOENT', 'EACCES'].includes(systemCode(error) ?? '')) return undefined;
    throw error;
  }
  return factsOf(await readSigner(folder, origin));
}

/** The same of a folder that is named alone. @throws ExhibitError LEDGER_NOT_FOUND, CONFIG_INVALID, LEDGER_KEY */
export async function ledgerSigner(folder: string): Promise<SignerFacts | undefined> {
  return signerFacts(folder, (await readConfig(folder)).origin);
}

/**
 * Asks the signer of a ledger for its public key and for a signature that is no checkpoint, and verifies both.
 * @throws ExhibitError LEDGER_NOT_FOUND, CONFIG_INVALID, LEDGER_KEY, SIGNER_FAILED
 */
export async function checkSigner(folder: string): Promise<SignerFacts> {
  const { origin } = await readConfig(folder);
  const signer = await readSigner(folder, origin);
  await checkSignerAnswers(signer);
  return factsOf(signer);
}

const factsOf = ({ kind, place, key }: LogSigner): SignerFacts => ({ kind, place, key: key.id });
