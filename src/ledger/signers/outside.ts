import { awsKmsKey } from './awskms.ts';
import { fileKey } from './file.ts';
import { pkcs11Key } from './pkcs11.ts';
import { type OutsideKey, type SignerPlace, SURROUNDINGS, type Surroundings } from './types.ts';

/** The key at a place. Nothing is asked before the first call. */
export function outsideKey(place: SignerPlace, around: Surroundings = SURROUNDINGS): OutsideKey {
  switch (place.kind) {
    case 'file':
      return fileKey(place.path);
    case 'awskms':
      return awsKmsKey(place, around);
    case 'pkcs11':
      return pkcs11Key(place, around);
    default:
      return place satisfies never;
  }
}
