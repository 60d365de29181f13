import { ExhibitError, isExhibitError } from '../../record/index.ts';
import { isWitnessKey, parseVkey } from '../../verify/index.ts';
import { sha256 } from '../hash.ts';
import type { WitnessSetting } from './types.ts';

/** Most witnesses of a log: each adds a line or two to its checkpoints, which have a hundred at most. */
export const MOST_WITNESSES = 32;

/**
 * The witnesses of a log, one for each URL.
 * @param given URL and one vkey line each; a URL may come again with another key of the same witness
 * @throws ExhibitError CONFIG_INVALID for a URL that is none, LEDGER_KEY for a key that is none or of a log
 */
export function makeWitnesses(given: readonly { url: string; vkey: string }[]): WitnessSetting[] {
  const witnesses = new Map<string, WitnessSetting>();
  for (const { url, vkey } of given) {
    const prefix = prefixOf(url);
    const witness = witnesses.get(prefix) ?? { url: prefix, keys: [] };
    witnesses.set(prefix, witness);
    witness.keys.push(keyOf(url, vkey));
  }
  if (witnesses.size > MOST_WITNESSES)
    throw new ExhibitError(
      'CONFIG_INVALID',
      `there are ${witnesses.size} witnesses; the most are ${MOST_WITNESSES}`,
    );
  return [...witnesses.values()];
}

function keyOf(url: string, vkey: string): WitnessSetting['keys'][number] {
  try {
    const key = parseVkey(sha256, vkey);
    if (isWitnessKey(key)) return key;
  } catch (cause) {
    if (!isExhibitError(cause, 'LEDGER_KEY')) throw cause;
    throw new ExhibitError('LEDGER_KEY', `the key of the witness ${url}: ${cause.message}`, { cause });
  }
  throw new ExhibitError('LEDGER_KEY', `the key given for the witness ${url} is that of a log`, {
    hint: 'Take the public key that `exhibit witness show` prints.',
  });
}

/** Without TLS too: nothing secret is sent, and what comes back is signed. */
function prefixOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol) || parsed.username !== '')
    throw new ExhibitError('CONFIG_INVALID', `${JSON.stringify(url)} is no http or https URL of a witness`);
  parsed.search = '';
  parsed.hash = '';
  return parsed.href.replace(/\/+$/, '');
}
