import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { ExhibitError } from '../../record/index.ts';
import { MAX_ENVELOPE_BYTES } from '../../verify/index.ts';
import type { Context } from '../context.ts';

/** A file with an attestation; one that is too long is not read. @throws ExhibitError NOT_FOUND, USAGE */
export function readAttestation(named: string, { cwd }: Pick<Context, 'cwd'>): Buffer {
  const file = resolve(cwd, named);
  try {
    const { size } = statSync(file);
    // One byte more than the limit: the verifier says the rest.
    if (size > MAX_ENVELOPE_BYTES) return Buffer.alloc(MAX_ENVELOPE_BYTES + 1);
    return readFileSync(file);
  } catch (cause) {
    throw new ExhibitError('NOT_FOUND', 'the attestation cannot be read', {
      cause,
      location: { file },
      hint: 'Name the file that `exhibit check --attest` wrote, or ask the registry: --image.',
    });
  }
}
