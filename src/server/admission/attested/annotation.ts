import { gunzipSync } from 'node:zlib';
import { ExhibitError } from '../../../record/index.ts';
import { CARRIER } from './defaults.ts';
import { valueAt } from './pattern.ts';

/** Longest attestation that an annotation unpacks to; the API server takes 256 KiB of annotations. */
const MOST_BYTES = 8 * 1024 * 1024;

/**
 * The attestation that an object carries in its annotation: the file as it is, or packed with gzip and written in base64.
 * @param object attacker-controlled
 * @returns undefined where there is none
 * @throws ExhibitError ATTESTATION_INVALID for what is neither
 */
export function carried(object: unknown): Uint8Array | undefined {
  const text = valueAt(object, ['metadata', 'annotations', CARRIER.replace('/', '~1')]);
  if (typeof text !== 'string') return undefined;
  const plain = text.trim();
  if (plain.startsWith('{')) return Buffer.from(plain, 'utf8');
  try {
    return gunzipSync(Buffer.from(plain, 'base64'), { maxOutputLength: MOST_BYTES });
  } catch (cause) {
    throw new ExhibitError(
      'ATTESTATION_INVALID',
      `the annotation ${CARRIER} holds neither an attestation nor one that gzip packed into at most ${MOST_BYTES} bytes`,
      { cause, details: { check: 'json' } },
    );
  }
}
