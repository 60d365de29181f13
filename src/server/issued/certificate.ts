import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { BitString, Integer, OctetString, PrintableString } from 'asn1js';
import {
  AttributeTypeAndValue,
  BasicConstraints,
  Certificate,
  CryptoEngine,
  Extension,
  ExtKeyUsage,
  GeneralName,
  GeneralNames,
  Time,
} from 'pkijs';

/** A certificate and the key of it, PEM. */
export interface Issued {
  cert: string;
  key: string;
}

export interface CertificateOptions {
  /** Common name. */
  name: string;
  /** Unix milliseconds. */
  from: number;
  until: number;
}

/** The library has the types of a browser; the objects are the same. */
type BrowserCrypto = ConstructorParameters<typeof CryptoEngine>[0]['crypto'];
type BrowserKey = Parameters<Certificate['sign']>[0];

const engine = new CryptoEngine({ name: 'node', crypto: webcrypto as BrowserCrypto });
const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const HASH = 'SHA-256';

const OID = {
  commonName: '2.5.4.3',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;
/** keyCertSign and cRLSign; digitalSignature. @see RFC 5280 section 4.2.1.3 */
const SIGNS = { bits: 0x06, unused: 1 };
const SERVES = { bits: 0x80, unused: 7 };

/** An authority that may sign certificates of servers, and nothing below it another one. @see RFC 5280 */
export async function issueAuthority(options: CertificateOptions): Promise<Issued> {
  const pair = await newPair();
  const certificate = await blank(options, pair.publicKey);
  certificate.issuer.typesAndValues.push(...certificate.subject.typesAndValues);
  certificate.extensions = [
    extension(
      OID.basicConstraints,
      new BasicConstraints({ cA: true, pathLenConstraint: 0 }).toSchema(),
      true,
    ),
    usage(SIGNS),
  ];
  return finish(certificate, pair, pair.privateKey);
}

/**
 * A certificate of a server.
 * @param names DNS names and addresses by which it is asked
 */
export async function issueLeaf(
  options: CertificateOptions & { names: readonly string[] },
  authority: Issued,
): Promise<Issued> {
  const pair = await newPair();
  const certificate = await blank(options, pair.publicKey);
  const signer = Certificate.fromBER(derOf(authority.cert));
  certificate.issuer.typesAndValues.push(...signer.subject.typesAndValues);
  certificate.extensions = [
    extension(OID.basicConstraints, new BasicConstraints({ cA: false }).toSchema(), true),
    usage(SERVES),
    extension(OID.extKeyUsage, new ExtKeyUsage({ keyPurposes: [OID.serverAuth] }).toSchema(), false),
    extension(
      OID.subjectAltName,
      new GeneralNames({ names: options.names.map(generalName) }).toSchema(),
      false,
    ),
  ];
  const key = await webcrypto.subtle.importKey('pkcs8', derOf(authority.key), CURVE, false, ['sign']);
  return finish(certificate, pair, key);
}

async function newPair(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
}

async function blank(
  { name, from, until }: CertificateOptions,
  publicKey: webcrypto.CryptoKey,
): Promise<Certificate> {
  const certificate = new Certificate();
  certificate.version = 2;
  const serial = randomBytes(16);
  // Positive, and of one length. @see RFC 5280 section 4.1.2.2
  serial.writeUInt8(((serial[0] ?? 0) & 0x3f) | 0x40, 0);
  certificate.serialNumber = new Integer({ valueHex: new Uint8Array(serial).buffer });
  certificate.subject.typesAndValues.push(
    new AttributeTypeAndValue({ type: OID.commonName, value: new PrintableString({ value: name }) }),
  );
  certificate.notBefore = new Time({ type: 0, value: new Date(from) });
  certificate.notAfter = new Time({ type: 0, value: new Date(until) });
  await certificate.subjectPublicKeyInfo.importKey(plain(publicKey), engine);
  return certificate;
}

async function finish(
  certificate: Certificate,
  pair: webcrypto.CryptoKeyPair,
  signer: webcrypto.CryptoKey,
): Promise<Issued> {
  await certificate.sign(plain(signer), HASH, engine);
  const key = await webcrypto.subtle.exportKey('pkcs8', pair.privateKey);
  return {
    cert: pem('CERTIFICATE', certificate.toSchema(true).toBER(false)),
    key: pem('PRIVATE KEY', key),
  };
}

function plain(key: webcrypto.CryptoKey): BrowserKey {
  return key as BrowserKey;
}

function extension(extnID: string, value: { toBER(): ArrayBuffer }, critical: boolean): Extension {
  return new Extension({ extnID, critical, extnValue: value.toBER() });
}

function usage({ bits, unused }: { bits: number; unused: number }): Extension {
  return extension(
    OID.keyUsage,
    new BitString({ valueHex: new Uint8Array([bits]).buffer, unusedBits: unused }),
    true,
  );
}

/** 2: a DNS name, 7: an address. @see RFC 5280 section 4.2.1.6 */
function generalName(name: string): GeneralName {
  const version = isIP(name);
  if (version === 0) return new GeneralName({ type: 2, value: name });
  return new GeneralName({ type: 7, value: new OctetString({ valueHex: addressBytes(name, version) }) });
}

function addressBytes(address: string, version: number): ArrayBuffer {
  if (version === 4) return new Uint8Array(address.split('.').map(Number)).buffer;
  // The URL standard writes an address in its short form, from which each group is found.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string | undefined) => (text === undefined || text === '' ? [] : text.split(':'));
  const [front, back] = [groups(head), groups(tail)];
  const all = [...front, ...Array<string>(8 - front.length - back.length).fill('0'), ...back];
  return new Uint8Array(
    all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]),
  ).buffer;
}

function pem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

function derOf(text: string): ArrayBuffer {
  return new Uint8Array(Buffer.from(text.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')).buffer;
}
