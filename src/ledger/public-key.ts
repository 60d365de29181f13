import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExhibitError } from '../record/index.ts';
import { type NamedStore, systemCode } from '../store/index.ts';
import { parseVkey, type VerifierKey } from '../verify/index.ts';
import { sha256 } from './hash.ts';
import { currentKeyFile } from './layout.ts';

/** The public key of a ledger. @throws ExhibitError LEDGER_KEY; STORE_FAILED (a bucket) */
export async function readPublicKey(place: string | NamedStore, origin: string): Promise<VerifierKey> {
  const name = currentKeyFile(origin);
  const path = typeof place === 'string' ? join(place, name) : `${place.name}/${name}`;
  try {
    return parseVkey(
      sha256,
      typeof place === 'string' ? await readFile(path, 'utf8') : await stored(place, name),
    );
  } catch (cause) {
    if (cause instanceof ExhibitError) throw cause;
    throw new ExhibitError('LEDGER_KEY', `${path} cannot be read (${systemCode(cause) ?? 'error'})`, {
      cause,
      location: { file: path },
    });
  }
}

async function stored(store: NamedStore, name: string): Promise<string> {
  const bytes = await store.get(name);
  if (bytes !== undefined) return Buffer.from(bytes).toString();
  const file = `${store.name}/${name}`;
  throw new ExhibitError('LEDGER_KEY', `${file} is not there`, { location: { file } });
}
