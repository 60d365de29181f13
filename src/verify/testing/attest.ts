import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { canonicalize } from '../../record/index.ts';
import { formatEnvelope, PAYLOAD_TYPE, pae } from '../attest/dsse.ts';
import { type AttestKey, type AttestKeyType, parseAttestKey } from '../attest/keys.ts';
import { EXTENSION } from '../attest/statement.ts';
import { nodeAttestCrypto } from '../node.ts';

/** A key pair that signs attestations. */
export interface Pair {
  key: AttestKey;
  pem: string;
  sign(message: Uint8Array): Uint8Array;
}

export function pair(type: AttestKeyType = 'ecdsa-p256', name = 'ci.pub.pem'): Pair {
  const made =
    type === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const secret: KeyObject = made.privateKey;
  const pem = made.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return {
    pem,
    key: parseAttestKey(nodeAttestCrypto.sha256, pem, name),
    sign: (message) => new Uint8Array(sign(type === 'ed25519' ? null : 'sha256', message, secret)),
  };
}

/** When the run of these tests was, and what it judged. */
export const MADE = '2026-11-01T10:00:00.000Z';
export const PLAN = 'a'.repeat(64);
export const BUNDLE = 'b'.repeat(64);

type Members = Record<string, unknown>;

/** A statement as the gate writes it; `change` is laid over the predicate's extension. */
export function statement(change: Members = {}, predicate: Members = {}, whole: Members = {}): Members {
  const extension = {
    layer: 'ci',
    run_id: '01934f00-0000-7000-8000-000000000000',
    fail_on: 'high',
    expires: '2026-11-08T10:00:00.000Z',
    bundle: {
      digest: `sha256:${BUNDLE}`,
      lineage: 'acme-policies',
      revision: 'c0ffee',
      serial: 1_761_000_000,
      signed_by: 'bundle',
    },
    counts: { pass: 3 },
    overrides: [],
    objects: [],
    not_attested: [],
    ...change,
  };
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'plan.json', digest: { sha256: PLAN }, annotations: { kind: 'terraform-plan' } }],
    predicateType: 'https://slsa.dev/verification_summary/v1',
    predicate: {
      verifier: { id: 'urn:exhibit:check', version: { exhibit: '0.1.0' } },
      timeVerified: MADE,
      resourceUri: 'git+https://example.com/acme/shop',
      policy: { uri: 'urn:exhibit:policy:acme-policies', digest: { sha256: BUNDLE } },
      inputAttestations: [],
      verificationResult: 'PASSED',
      verifiedLevels: ['EXHIBIT_CI'],
      slsaVersion: '1.2',
      [EXTENSION]: extension,
      ...predicate,
    },
    ...whole,
  };
}

/** The bytes of an envelope around a payload, signed by each pair. */
export function envelope(payload: string | Members, pairs: readonly Pair[], type = PAYLOAD_TYPE): Buffer {
  const bytes = Buffer.from(typeof payload === 'string' ? payload : canonicalize(payload));
  const signatures = pairs.map(({ key, sign: by }) => ({ keyid: key.id, signature: by(pae(type, bytes)) }));
  return Buffer.from(
    `${JSON.stringify(formatEnvelope({ payloadType: type, payload: bytes, signatures }))}\n`,
  );
}
