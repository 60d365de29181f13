import { resolve } from 'node:path';
import {
  formatVkey,
  isWitnessKey,
  parseVkey,
  type TrustPolicy,
  type VerifierKey,
} from '../../verify/index.ts';
import { nodeCrypto } from '../../verify/node.ts';
import { readGiven } from './given.ts';

/** The keys that a reader trusts, from flags: as text, in files, and in a trust policy. */
export interface TrustedKeys {
  /** Of the log, as lines. */
  vkeys: string[];
  witnesses: VerifierKey[];
}

/** A key as it is, or the text of the file that has it: a key has a `+` in it, a file name hardly. */
export function keyText(value: string, cwd: string): string {
  return value.includes('+') ? value : readGiven(resolve(cwd, value)).toString().trim();
}

/** Keys of the log, and of witnesses: those given and those of the policy. @throws ExhibitError NOT_FOUND, LEDGER_KEY */
export function trustedKeys(
  given: readonly string[],
  policy: TrustPolicy | undefined,
  cwd: string,
): TrustedKeys {
  const keys = [
    ...given.map((value) => parseVkey(nodeCrypto.sha256, keyText(value, cwd))),
    ...(policy?.logs ?? []),
  ];
  return {
    vkeys: keys.filter((key) => !isWitnessKey(key)).map(formatVkey),
    witnesses: [...keys.filter(isWitnessKey), ...(policy?.witnesses ?? [])],
  };
}
