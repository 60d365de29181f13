import { createHash } from 'node:crypto';
import { type Digest, ExhibitError } from '../../record/index.ts';

/** Names of what is hashed, so that no digest of one kind can be taken for one of another. */
const SEED = 'exhibit.sample/1';
const POPULATION = 'exhibit.population/1';
const ITEMS = 'exhibit.items/1';

/** What an auditor may give: printable ASCII without spaces, so that it has the same bytes in every language; at least 16 of them. */
const NONCE = /^[\x21-\x7e]{16,256}$/;

/** @throws ExhibitError USAGE */
export function checkNonce(nonce: string): string {
  if (NONCE.test(nonce)) return nonce;
  throw new ExhibitError('USAGE', 'the nonce is not 16 to 256 printable ASCII characters without spaces', {
    hint: 'Throw dice, or take openssl rand -hex 16. Leave it out to have one made.',
  });
}

/** A length of 8 bytes, most significant first, then the bytes: no two lists of parts are the same bytes. */
function part(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(bytes.length));
  return Buffer.concat([length, bytes]);
}

/**
 * The seed of a sample: SHA-256 over the body of the period-end checkpoint and the auditor's nonce. Neither side can choose it alone: the
 * body is fixed before the nonce is said.
 * @param body `origin\nsize\nroot in base64\n`
 * @returns 32 bytes
 */
export function seedOf(body: string, nonce: string): Uint8Array {
  return createHash('sha256').update(part(SEED)).update(part(body)).update(part(nonce)).digest();
}

/** The place of an item: SHA-256 over the seed and the UTF-8 bytes of its id, hexadecimal. */
export function placeOf(seed: Uint8Array, id: string): string {
  return createHash('sha256').update(seed).update(id, 'utf8').digest('hex');
}

/** Digest of a population: of its ids in the order of their bytes, however its rows came. */
export function populationDigest(ids: readonly string[]): Digest {
  return listDigest(POPULATION, ids.map((id) => Buffer.from(id, 'utf8')).sort(Buffer.compare));
}

/** Digest of what was drawn: of the ids in the order in which they were drawn. */
export function itemsDigest(ids: readonly string[]): Digest {
  return listDigest(
    ITEMS,
    ids.map((id) => Buffer.from(id, 'utf8')),
  );
}

function listDigest(name: string, ids: readonly Buffer[]): Digest {
  const hash = createHash('sha256').update(part(name));
  const length = Buffer.alloc(8);
  for (const id of ids) {
    length.writeBigUInt64BE(BigInt(id.length));
    hash.update(length).update(id);
  }
  return `sha256:${hash.digest('hex')}`;
}
