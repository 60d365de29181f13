import { isAbsolute } from 'node:path';
import { ExhibitError } from '../../record/index.ts';
import { pkcs11Place, pkcs11Uri } from './pkcs11-uri.ts';
import type { SignerPlace } from './types.ts';

/** Longest name of a signer: an ARN or a PKCS #11 URI is far below. */
const MOST_CHARACTERS = 2_048;

/** The ways that AWS KMS takes a key id. @see docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html, "KeyId" */
const KMS_KEY =
  /^(?:arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:(?:key|alias)\/[\w/-]{1,256}|alias\/[\w/-]{1,250}|mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/**
 * Reads where a key is: `file:/PATH`, `awskms:KEY-ID-or-ARN`, `pkcs11:token=...;id=...?module-path=...`.
 * @throws ExhibitError CONFIG_INVALID
 */
export function parseSignerPlace(text: string): SignerPlace {
  const [, kind, rest = ''] = /^([a-z0-9]+):(.+)$/s.exec(text) ?? [];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a path or a label with one could show itself as another
  if (text.length > MOST_CHARACTERS || /[\x00-\x1f\x7f]/.test(text))
    return refuse('is too long, or has a control character');
  switch (kind) {
    case 'file':
      if (!isAbsolute(rest)) return refuse(`${text} is no whole path`);
      return { kind, path: rest };
    case 'awskms': {
      const match = KMS_KEY.exec(rest);
      if (match === null) return refuse(`${text} is no key id, alias or ARN of AWS KMS`);
      return { kind, key: rest, region: match[1] };
    }
    case 'pkcs11':
      return pkcs11Place(rest);
    default:
      return refuse('is none of file:/PATH, awskms:KEY-ID-or-ARN, pkcs11:URI');
  }
}

/** The same place as text, in one form. */
export function formatSignerPlace(place: SignerPlace): string {
  switch (place.kind) {
    case 'file':
      return `file:${place.path}`;
    case 'awskms':
      return `awskms:${place.key}`;
    case 'pkcs11':
      return pkcs11Uri(place);
    default:
      return place satisfies never;
  }
}

function refuse(why: string): never {
  throw new ExhibitError('CONFIG_INVALID', `the signer ${why}`, {
    hint: 'file:/PATH, awskms:KEY-ID-or-ARN, or pkcs11:token=TOKEN;id=%01?module-path=/PATH/OF/MODULE.so',
  });
}
