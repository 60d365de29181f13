import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { Digest } from '../record/index.ts';
import { ExhibitError } from '../record/index.ts';
import { parseBundleData } from './bundle-data.ts';
import { bundleDigest, SIGNATURE_FILE } from './digest.ts';
import { fileHash } from './hash.ts';
import { packTar, unpackTar } from './tar.ts';
import type { Files } from './types.ts';

export interface SignedBundle {
  files: Files;
  tar: Uint8Array;
  digest: Digest;
}

/**
 * Adds `.signatures.json` as OPA reads it: one compact JWT (ES256) over the hash of each file. The claim `digest` binds the
 * exact bytes as well, since OPA hashes JSON files by value. Without an end it holds no time: only the signature's own
 * randomness differs between two signings.
 *
 * @param bundle its files, or the tar.gz that `buildBundle` made
 * @param privateKeyPem ECDSA P-256, PKCS #8 or SEC 1, PEM
 * @param keyId name of the key, the JWT's `kid`
 * @param options `expires`: Unix milliseconds from which the signature holds no more (claim `exp`, cut to seconds)
 * @throws ExhibitError CONFIG_INVALID for a key of another kind
 * @see OPA, "Bundle signing": v1/bundle/sign.go; RFC 7515 section 7.1; RFC 7518 section 3.4
 */
export async function signBundle(
  bundle: Files | Uint8Array,
  privateKeyPem: string,
  keyId: string,
  options: { expires?: number } = {},
): Promise<SignedBundle> {
  const files = new Map(bundle instanceof Uint8Array ? unpackTar(bundle) : bundle);
  files.delete(SIGNATURE_FILE);
  const digest = bundleDigest(files);
  const claims = {
    files: [...files]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, data]) => ({
        name,
        hash: fileHash(name, data),
        algorithm: 'SHA-256',
      })),
    digest,
    ...(options.expires === undefined ? {} : { exp: Math.floor(options.expires / 1_000) }),
  };
  // Imported late: a check only verifies, which needs no more than node:crypto.
  const { CompactSign } = await import('jose');
  const token = await new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: keyId })
    .sign(privateKey(privateKeyPem));
  files.set(SIGNATURE_FILE, Buffer.from(`${JSON.stringify({ signatures: [token] })}\n`));
  return { files, tar: packTar(files), digest };
}

/** How many days the policies of a bundle want its signature to hold. @throws ExhibitError BUNDLE_INVALID */
export function statedDays(bundle: Uint8Array): number | undefined {
  return parseBundleData(unpackTar(bundle).get('data.json') ?? new Uint8Array()).valid_days;
}

function privateKey(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    // The cause's text is about the encoding only; the key itself is never printed.
    throw new ExhibitError('CONFIG_INVALID', 'The signing key is not a private key in PEM.', { cause });
  }
  if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  throw new ExhibitError('CONFIG_INVALID', 'The signing key is not an ECDSA key on the curve P-256.', {
    hint: 'Make one with `exhibit policy keys`, or `openssl ecparam -name prime256v1 -genkey -noout`.',
  });
}
