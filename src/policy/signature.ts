import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';
import { canonicalize, type Digest, ExhibitError } from '../record/index.ts';
import { ONCE } from './bundle-data.ts';
import { SIGNATURE_FILE } from './digest.ts';
import { acceptedHash, fileHash, isHashedByValue } from './hash.ts';
import type { VerificationKey } from './keys.ts';
import type { Files } from './types.ts';

const signaturesSchema = z.object({ signatures: z.array(z.string()), plugin: z.string().optional() });
const headerSchema = z.object({ alg: z.string(), kid: z.string().optional(), crit: z.unknown().optional() });
const claimsSchema = z.object({
  files: z.array(z.object({ name: z.string(), hash: z.string(), algorithm: z.string() })),
  keyid: z.string().optional(),
  scope: z.string().optional(),
  digest: z.string().optional(),
  // NumericDate of RFC 7519: seconds.
  exp: z.number().optional(),
  nbf: z.number().optional(),
});
type Claims = z.infer<typeof claimsSchema>;

export interface Signature {
  signed_by: string;
  /** RFC 3339, UTC; the signature does not hold at this instant any more. */
  expires?: string;
}

/**
 * Verifies the signature of a bundle and every file against it.
 * @param files attacker-controlled
 * @param keys the configured keys; the token's key id selects one of them, and the key decides the algorithm
 * @param now Unix milliseconds of the real clock, for a signature that holds for a time only
 * @param digests of the files' bytes
 * @param digest of the bundle
 * @returns id of the key that signed, and until when its signature holds: an end that has passed is the caller's to judge
 * @throws ExhibitError BUNDLE_UNSIGNED, BUNDLE_SIGNATURE, BUNDLE_DIGEST (naming the file), BUNDLE_INVALID
 */
export function verifySignature(
  files: Files,
  keys: readonly VerificationKey[],
  now: number,
  digests: ReadonlyMap<string, Digest>,
  digest: Digest,
): Signature {
  const raw = files.get(SIGNATURE_FILE);
  if (raw === undefined) {
    throw new ExhibitError('BUNDLE_UNSIGNED', 'The bundle carries no signature; it is not used.', {
      hint: 'Sign it with `exhibit policy sign`.',
    });
  }
  const { signatures } = parse(signaturesSchema, Buffer.from(raw).toString('utf8'), SIGNATURE_FILE);
  const [token] = signatures;
  if (token === undefined || signatures.length > 1)
    refuse(`it holds ${signatures.length} signatures where exactly one is expected`);
  const { claims, keyId } = verifyToken(token, keys);
  verifyBeginning(claims, now);
  verifyFiles(files, claims, digests, digest);
  return { signed_by: keyId, ...(claims.exp === undefined ? {} : { expires: instantOf(claims.exp) }) };
}

function verifyToken(token: string, keys: readonly VerificationKey[]): { claims: Claims; keyId: string } {
  const [head, body, mark, ...more] = token.split('.');
  if (head === undefined || body === undefined || mark === undefined || more.length > 0)
    refuse('its signature is not a compact JWT');
  const header = parse(headerSchema, decode(head).toString('utf8'), 'the signature header');
  if (header.crit !== undefined) refuse('its signature uses an extension that is not supported');
  const claims = parse(claimsSchema, decode(body).toString('utf8'), 'the signature payload');
  if (claims.scope !== undefined && claims.scope !== '')
    refuse(`its signature is for the scope ${JSON.stringify(claims.scope)}`);
  const named = header.kid ?? claims.keyid;
  const candidates = named === undefined ? keys : keys.filter((key) => key.id === named);
  const signed = Buffer.from(`${head}.${body}`);
  const key = candidates.find((candidate) => matches(candidate, header.alg, signed, decode(mark)));
  if (key !== undefined) return { claims, keyId: key.id };
  const names = keys.map((known) => known.id).join(', ');
  return refuse(
    candidates.length === 0
      ? `it is signed with the key ${JSON.stringify(named)}, which is not configured (configured: ${names})`
      : `its signature does not verify with ${candidates.map((candidate) => candidate.id).join(', ')}`,
  );
}

/** @see RFC 7519 section 4.1.5 */
function verifyBeginning({ nbf }: Claims, now: number): void {
  if (nbf !== undefined && now < nbf * 1_000) refuse(`its signature holds from ${instantOf(nbf)}`);
}

function instantOf(seconds: number): string {
  const date = new Date(seconds * 1_000);
  return Number.isNaN(date.getTime())
    ? refuse(`its signature names a time that is none: ${seconds}`)
    : date.toISOString();
}

/** NIST SP 800-131A: RSA keys below are not acceptable for signatures. */
const SHORTEST_RSA = 2_048;

/** The kind of the configured key fixes the algorithm; what the token claims must only agree with it. */
function matches(key: VerificationKey, alg: string, signed: Buffer, mark: Buffer): boolean {
  const publicKey = readKey(key);
  if (publicKey.asymmetricKeyType === 'rsa') {
    const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
    if (bits < SHORTEST_RSA) {
      throw new ExhibitError(
        'CONFIG_INVALID',
        `The RSA verification key ${key.id} has ${bits} bits; ${SHORTEST_RSA} are the least.`,
      );
    }
    return alg === 'RS256' && verify('sha256', signed, publicKey, mark);
  }
  if (publicKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new ExhibitError(
      'CONFIG_INVALID',
      `The verification key ${key.id} is neither ECDSA P-256 nor RSA.`,
    );
  }
  return alg === 'ES256' && verify('sha256', signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, mark);
}

function readKey(key: VerificationKey): KeyObject {
  try {
    // A private key would be accepted too and its public half used: whoever pasted it here must learn of it.
    if (/PRIVATE KEY/.test(key.pem)) throw new TypeError('it is a private key');
    return createPublicKey(key.pem);
  } catch (cause) {
    throw new ExhibitError('CONFIG_INVALID', `The verification key ${key.id} is not a public key in PEM.`, {
      cause,
    });
  }
}

/**
 * Each file is in the signature and as it says. Where the bundle's digest is signed, it fixes the bytes of `data.json` and `.manifest`:
 * their value is then not hashed once more, which would take as long as all the rest.
 */
function verifyFiles(
  files: Files,
  claims: Claims,
  digests: ReadonlyMap<string, Digest>,
  digest: Digest,
): void {
  const signed = new Map(claims.files.map((file) => [file.name, file]));
  const hashOf = (name: string, data: Uint8Array, algorithm: string) =>
    algorithm === 'SHA-256' && !isHashedByValue(name)
      ? digests.get(name)?.slice(7)
      : fileHash(name, data, algorithm);
  if (signed.size !== claims.files.length) refuse('its signature names a file twice');
  for (const [name, data] of files) {
    if (name === SIGNATURE_FILE) continue;
    const entry = signed.get(name);
    if (entry === undefined) differs(name, 'is not in the signature');
    acceptedHash(name, entry.algorithm);
    const fixed = claims.digest === digest && isHashedByValue(name);
    if (!fixed && hashOf(name, data, entry.algorithm) !== entry.hash.toLowerCase())
      differs(name, 'differs from its signed digest');
    signed.delete(name);
  }
  for (const name of signed.keys()) differs(name, 'is in the signature but not in the bundle');
  if (claims.digest === undefined) verifyForm(files);
  else if (claims.digest !== digest)
    differs('data.json or .manifest', 'has the signed value but not the signed bytes');
}

/**
 * A signature of `opa sign` states no digest, and fixes JSON files by their value. One form of the value is accepted, the one that
 * a build writes: else whoever carries the bundle could give it another digest.
 */
function verifyForm(files: Files): void {
  for (const [name, data] of files) {
    if (!/(?:^|\/)(?:data\.json|\.manifest)$/.test(name)) continue;
    const text = Buffer.from(data).toString('utf8');
    if (text !== `${canonicalize(JSON.parse(text))}\n`)
      differs(name, 'is not in the form that a build writes, and its signature states no digest');
  }
}

function parse<T>(schema: z.ZodType<T>, text: string, what: string): T {
  try {
    return schema.parse(JSON.parse(text), ONCE);
  } catch (cause) {
    throw new ExhibitError('BUNDLE_SIGNATURE', `The bundle is not used: ${what} is damaged.`, { cause });
  }
}

function decode(part: string): Buffer {
  return /^[A-Za-z0-9_-]*$/.test(part)
    ? Buffer.from(part, 'base64url')
    : refuse('its signature is not base64url');
}

function differs(name: string, why: string): never {
  throw new ExhibitError('BUNDLE_DIGEST', `The bundle is not used: ${name} ${why}.`, {
    location: { file: name },
    details: { file: name },
  });
}

function refuse(why: string): never {
  throw new ExhibitError('BUNDLE_SIGNATURE', `The bundle is not used: ${why}.`);
}
