import { describe, expect, it } from 'vitest';
import { canonicalize, isExhibitError } from '../../record/index.ts';
import { nodeAttestCrypto } from '../node.ts';
import { BUNDLE, envelope, MADE, PLAN, pair, statement } from '../testing/attest.ts';
import { MAX_ENVELOPE_BYTES } from './dsse.ts';
import { formatSigstoreBundle, readEnvelope } from './sigstore.ts';
import { EXTENSION } from './statement.ts';
import { type SummaryOptions, verifySummary } from './summary.ts';

const ci = pair();
const other = pair('ed25519', 'other.pub.pem');
const NOW = Date.parse(MADE) + 3_600_000;
const plan = { sha256: PLAN, what: 'plan.json' };
const DEFAULTS: SummaryOptions = { keys: [ci.key], now: NOW, subjects: [plan] };

/** The check that fails, or `holds`. */
function outcome(bytes: Uint8Array, options: Partial<SummaryOptions> = {}): string {
  try {
    verifySummary(bytes, { ...DEFAULTS, ...options }, nodeAttestCrypto);
    return 'holds';
  } catch (error) {
    if (isExhibitError(error, 'ATTESTATION_INVALID')) return String(error.details.check);
    throw error;
  }
}
const signed = (...change: Parameters<typeof statement>) => envelope(statement(...change), [ci]);
const good = signed();
const edit = (bytes: Buffer, change: (value: Record<string, unknown>) => void): Buffer => {
  const value = JSON.parse(bytes.toString());
  change(value);
  return Buffer.from(JSON.stringify(value));
};
const payloadOf = (bytes: Buffer): string =>
  Buffer.from(JSON.parse(bytes.toString()).payload, 'base64').toString();

describe('an attestation of a run that passed', () => {
  it('holds, signed by either kind of key, alone or in a bundle of sigstore', () => {
    expect(outcome(good)).toBe('holds');
    expect(outcome(envelope(statement(), [other]), { keys: [ci.key, other.key] })).toBe('holds');
    const bundle = formatSigstoreBundle(readEnvelope(good).envelope, ci.key);
    expect(outcome(Buffer.from(JSON.stringify(bundle, null, 2)))).toBe('holds');
  });

  it('gives who signed, what was asked about, and what nobody looked at', () => {
    const bundle = {
      ...formatSigstoreBundle(readEnvelope(good).envelope, ci.key),
      verificationMaterial: { publicKey: { hint: '' }, tlogEntries: [{}] },
    };
    const found = verifySummary(Buffer.from(JSON.stringify(bundle)), DEFAULTS, nodeAttestCrypto);
    expect(found.signers).toEqual([ci.key]);
    expect(found.matched.map(({ name }) => name)).toEqual(['plan.json']);
    expect(found.not_looked_at).toEqual(['entries of a transparency log']);
  });
});

describe('attacks on the envelope', () => {
  it.each<[string, Buffer, string, Partial<SummaryOptions>?]>([
    ['the key of somebody else', good, 'signature', { keys: [other.key] }],
    ['no key at all: closed by default', good, 'signature', { keys: [] }],
    [
      'an edited payload',
      edit(good, (value) => {
        value.payload = Buffer.from(payloadOf(good).replace('plan.json', 'evil.json')).toString('base64');
      }),
      'signature',
    ],
    [
      'another payloadType, not signed',
      edit(good, (value) => {
        value.payloadType = 'application/json';
      }),
      'payload_type',
    ],
    ['another payloadType, signed', envelope(statement(), [ci], 'application/json'), 'payload_type'],
    [
      'a signature over another type, moved here',
      edit(envelope(statement(), [ci], 'text/plain'), (value) => {
        value.payloadType = 'application/vnd.in-toto+json';
      }),
      'signature',
    ],
    [
      'no signature',
      edit(good, (value) => {
        value.signatures = [];
      }),
      'envelope',
    ],
    [
      'a key twice in the envelope',
      Buffer.from(good.toString().replace('"payloadType"', '"payloadType":"x","payloadType"')),
      'json',
    ],
    [
      'a key __proto__',
      Buffer.from(good.toString().replace('"payloadType"', '"__proto__":{},"payloadType"')),
      'json',
    ],
    ['two attestations in one file', Buffer.concat([good, good]), 'json'],
    ['not JSON', Buffer.from('{'), 'json'],
    ['not UTF-8', Buffer.from([0xff, 0xfe]), 'json'],
    ['nested without end', Buffer.from('['.repeat(200_000)), 'json'],
    ['huge', Buffer.alloc(MAX_ENVELOPE_BYTES + 1, 0x20), 'size'],
    [
      'a payload with white space',
      edit(good, (value) => {
        value.payload = `${value.payload}\n`;
      }),
      'envelope',
    ],
    [
      'a payload without padding',
      edit(envelope('{"a":1}', [ci]), (value) => {
        value.payload = String(value.payload).replace(/=+$/, '');
      }),
      'envelope',
    ],
    [
      'a bundle of sigstore with a certificate',
      Buffer.from(
        JSON.stringify({
          ...formatSigstoreBundle(readEnvelope(good).envelope, ci.key),
          verificationMaterial: { certificate: { rawBytes: 'AAAA' } },
        }),
      ),
      'envelope',
    ],
    [
      'a bundle of sigstore of another version',
      Buffer.from(
        JSON.stringify({
          ...formatSigstoreBundle(readEnvelope(good).envelope, ci.key),
          mediaType: 'application/vnd.dev.sigstore.bundle.v0.4+json',
        }),
      ),
      'envelope',
    ],
  ])('%s', (_what, bytes, check, options) => {
    expect(outcome(bytes, options)).toBe(check);
  });

  it('the URL alphabet of base64 is taken: DSSE demands it, and the bytes are the same', () => {
    const urlSafe = edit(good, (value) => {
      value.payload = Buffer.from(payloadOf(good))
        .toString('base64')
        .replaceAll('+', '-')
        .replaceAll('/', '_');
    });
    expect(outcome(urlSafe)).toBe('holds');
  });

  it('two signatures: one of a key that nobody trusts is passed over, a bad one of a trusted key refuses', () => {
    const both = envelope(statement(), [other, ci]);
    expect(outcome(both)).toBe('holds');
    const broken = edit(both, (value) => {
      const signatures = value.signatures as { keyid: string; sig: string }[];
      const [first, second] = signatures;
      value.signatures = [second, { ...first, keyid: second?.keyid }];
    });
    expect(outcome(broken)).toBe('signature');
    expect(outcome(broken, { keys: [other.key] })).toBe('holds');
  });

  it('a keyid is a hint: a good signature that names no key, or an unknown one, holds', () => {
    for (const keyid of ['', 'unknown'])
      expect(
        outcome(
          edit(good, (value) => {
            const [{ sig }] = value.signatures as [{ sig: string }];
            value.signatures = [{ keyid, sig }];
          }),
        ),
      ).toBe('holds');
  });
});

describe('attacks on the statement', () => {
  const subject = (digest: object, annotations: object = { kind: 'terraform-plan' }) =>
    signed({}, {}, { subject: [{ name: 'plan.json', digest, annotations }] });
  it.each<[string, Buffer, string]>([
    ['no subject', signed({}, {}, { subject: [] }), 'statement'],
    [
      'another version of the statement',
      signed({}, {}, { _type: 'https://in-toto.io/Statement/v0.1' }),
      'statement',
    ],
    [
      'another predicate',
      signed({}, {}, { predicateType: 'https://slsa.dev/provenance/v1' }),
      'predicate_type',
    ],
    ['a digest under the name of SHA-1 only', subject({ sha1: PLAN }), 'statement'],
    ['forty digits under the name of SHA-256', subject({ sha256: 'a'.repeat(40) }), 'statement'],
    ['capital letters in a digest', subject({ sha256: 'A'.repeat(64) }), 'statement'],
    ['a digest from a prototype', subject({ constructor: { sha256: PLAN } }), 'statement'],
    ['a kind from a prototype', subject({ sha256: PLAN }, { kind: 'constructor' }), 'statement'],
    [
      'a key twice in the payload',
      envelope(canonicalize(statement()).replace('"subject":', '"subject":[],"subject":'), [ci]),
      'statement',
    ],
    [
      'a key __proto__ in the payload',
      envelope(canonicalize(statement()).replace('"subject":', '"__proto__":{"x":1},"subject":'), [ci]),
      'statement',
    ],
    ['FAILED', signed({}, { verificationResult: 'FAILED' }), 'result'],
    ['another verifier', signed({}, { verifier: { id: 'https://example.com/v' } }), 'verifier'],
    ['no extension', envelope(JSON.stringify(statement({}, { [EXTENSION]: undefined })), [ci]), 'predicate'],
    [
      'two lineages',
      signed({}, { policy: { uri: 'urn:exhibit:policy:x', digest: { sha256: BUNDLE } } }),
      'predicate',
    ],
    [
      'two bundle digests',
      signed({}, { policy: { uri: 'urn:exhibit:policy:acme-policies', digest: { sha256: PLAN } } }),
      'predicate',
    ],
    ['a run of a hook', signed({ layer: 'pre-commit' }, { verifiedLevels: ['EXHIBIT_PRE_COMMIT'] }), 'level'],
    ['a hook that calls itself CI', signed({ layer: 'pre-commit' }), 'level'],
    ["a level of SLSA's own", signed({}, { verifiedLevels: ['SLSA_BUILD_LEVEL_3'] }), 'level'],
    ['a gate that blocked only what is critical', signed({ fail_on: 'critical' }), 'threshold'],
    ['an advisory gate', signed({ fail_on: 'none' }), 'predicate'],
    ['a time that is none', signed({ expires: '2026-13-01T00:00:00.000Z' }), 'predicate'],
  ])('%s', (_what, bytes, check) => {
    expect(outcome(bytes)).toBe(check);
  });

  it('fields that are not known are passed over, as the specification says', () => {
    expect(outcome(signed({ later: 1 }, { 'https://example.com/more': {} }, { more: [] }))).toBe('holds');
  });
});

describe('about what, and when', () => {
  const waived = signed({
    overrides: [
      { id: 'OVR-1', policy_id: 'p', digest: `sha256:${PLAN}`, sunset: '2026-11-02T23:59:59.999Z' },
    ],
  });
  it.each<[string, Buffer, Partial<SummaryOptions>, string]>([
    ['copied to another subject', good, { subjects: [{ sha256: 'c'.repeat(64), what: 'x' }] }, 'subject'],
    ['the same digest of another kind of thing', good, { subjects: [{ ...plan, kind: 'image' }] }, 'subject'],
    ['one of two subjects', good, { subjects: [plan, { sha256: 'c'.repeat(64), what: 'x' }] }, 'subject'],
    ['asked about nothing', good, { subjects: [] }, 'subject'],
    ['the last millisecond', good, { now: Date.parse('2026-11-08T09:59:59.999Z') }, 'holds'],
    ['expired', good, { now: Date.parse('2026-11-08T10:00:00.000Z') }, 'expiry'],
    ['a clock that was set back', good, { now: Date.parse(MADE) - 3_600_000 }, 'time'],
    ['a clock five minutes behind', good, { now: Date.parse(MADE) - 300_000 }, 'holds'],
    ['older than is asked for', good, { maxAge: 3_599_999 }, 'age'],
    ['as old as is asked for', good, { maxAge: 3_600_000 }, 'holds'],
    ['waived, before the sunset', waived, { now: Date.parse('2026-11-02T23:59:59.999Z') }, 'holds'],
    ['waived, after the sunset', waived, { now: Date.parse('2026-11-03T00:00:00.000Z') }, 'override'],
    ['policies of another repository', good, { lineage: 'other' }, 'lineage'],
    ['another bundle', good, { bundleDigest: `sha256:${PLAN}` }, 'bundle'],
    ['the bundle', good, { bundleDigest: `sha256:${BUNDLE}`, lineage: 'acme-policies' }, 'holds'],
    ['replayed after a newer bundle', good, { serial: 1_761_000_001 }, 'serial'],
    ['the oldest bundle that counts', good, { serial: 1_761_000_000 }, 'holds'],
    ['another resource', good, { resource: 'git+https://example.com/acme/other' }, 'resource'],
    ['a stricter gate than it was', good, { failOn: 'medium' }, 'threshold'],
    ['another layer', good, { layer: 'admission' }, 'level'],
  ])('%s', (_what, bytes, options, check) => {
    expect(outcome(bytes, options)).toBe(check);
  });

  it('a bundle whose signature ended takes the attestation along', () => {
    const bundle = {
      digest: `sha256:${BUNDLE}`,
      lineage: 'acme-policies',
      revision: 'c0ffee',
      serial: 1,
      signed_by: 'bundle',
      expires: '2026-11-01T10:30:00.000Z',
    };
    expect(outcome(signed({ bundle }))).toBe('bundle');
    expect(outcome(signed({ bundle }), { now: Date.parse('2026-11-01T10:29:59.999Z') })).toBe('holds');
  });

  it('what a summary lists as not attested is refused, and the message says why', () => {
    const left = signed({
      not_attested: [{ name: 'n', kind: 'file', sha256: 'c'.repeat(64), why: 'no policy applies to it' }],
    });
    expect(() =>
      verifySummary(
        left,
        { ...DEFAULTS, subjects: [{ sha256: 'c'.repeat(64), what: 'n' }] },
        nodeAttestCrypto,
      ),
    ).toThrow('no policy applies to it');
  });
});
