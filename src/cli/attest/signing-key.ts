import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ExhibitError } from '../../record/index.ts';
import { type AttestKey, type AttestKeyType, parseAttestKey } from '../../verify/index.ts';
import { nodeAttestCrypto } from '../../verify/node.ts';
import type { Context } from '../context.ts';

/** A private key that signs attestations. The key itself never leaves the object. */
export interface SigningKey {
  public: AttestKey;
  sign(message: Uint8Array): Uint8Array;
}

/** A new pair: PKCS #8 and SPKI, PEM, as cosign imports and verifies them. */
export function generateAttestKey(type: AttestKeyType): { privateKeyPem: string; publicKeyPem: string } {
  const pair =
    type === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    privateKeyPem: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKeyPem: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/**
 * The signing key that the user named.
 * @param named a file, or `env://NAME` for a variable that holds the PEM text
 * @throws ExhibitError NOT_FOUND, CONFIG_INVALID; no message shows the key
 */
export function loadSigningKey(named: string, context: Pick<Context, 'cwd' | 'env'>): SigningKey {
  const key = privateKey(textOf(named, context), named);
  const pem = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  const shared = parseAttestKey(nodeAttestCrypto.sha256, pem, named);
  return {
    public: shared,
    sign: (message) => new Uint8Array(sign(shared.type === 'ed25519' ? null : 'sha256', message, key)),
  };
}

function textOf(named: string, { cwd, env }: Pick<Context, 'cwd' | 'env'>): string {
  const variable = /^env:\/\/(.+)$/.exec(named)?.[1];
  if (variable !== undefined) {
    const value = env[variable];
    if (value !== undefined && value !== '') return value;
    throw new ExhibitError('NOT_FOUND', `the variable ${variable} holds no key`);
  }
  const file = resolve(cwd, named);
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ExhibitError('NOT_FOUND', 'the signing key cannot be read', {
      cause,
      location: { file },
      hint: 'Make a pair with: exhibit attest keygen',
    });
  }
}

function privateKey(pem: string, named: string): KeyObject {
  const invalid = (why: string, hint: string) =>
    new ExhibitError('CONFIG_INVALID', `the signing key ${why}`, { location: { file: named }, hint });
  if (/ENCRYPTED (?:SIGSTORE|COSIGN) PRIVATE KEY/.test(pem))
    throw invalid(
      'is one that cosign encrypted, which is not read here',
      'Let cosign sign with it, or make a pair with: exhibit attest keygen',
    );
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // The cause's text is about the encoding only, and could quote a piece of it.
    throw invalid('is not a private key in PEM', 'Make a pair with: exhibit attest keygen');
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'ed25519' || details?.namedCurve === 'prime256v1') return key;
  throw invalid('is neither Ed25519 nor ECDSA P-256', 'Make a pair with: exhibit attest keygen');
}
