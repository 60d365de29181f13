import { type Certificate, type CertificateChainValidationEngine, IssuerAndSerialNumber } from 'pkijs';
import { formatInstant, isExhibitError } from '../../record/index.ts';
import { sameBytes } from '../bytes.ts';
import { checkAttributes } from './attributes.ts';
import { stampsOnly, subjectOf } from './certificates.ts';
import { engine, hashOf, isBroken, SHA_256 } from './engine.ts';
import { hexOf, type ParsedToken, parseToken } from './parse.ts';
import { refuse } from './refuse.ts';

/** What a token must be about, and whom the reader believes. */
export interface TokenQuestion {
  /** The bytes that were stamped. */
  bytes: Uint8Array;
  /** Hexadecimal, without leading zero bytes. */
  nonce: string;
  /** Authorities that are believed; left out: the chain is not checked, and the answer says so. */
  roots?: readonly Certificate[];
  /** Object identifiers of policies of which it must have one; left out: any. */
  policies?: readonly string[];
}

/** A token that holds. */
export interface TimeToken {
  /** When, by the clock of the authority, in milliseconds since 1970. */
  at: number;
  /** How far its clock may be off, in milliseconds; undefined where it does not say. */
  accuracy: number | undefined;
  /** Hexadecimal. */
  serial: string;
  policy: string;
  /** Name in the certificate that signed: chosen by its authority. */
  tsa: string;
  /** Whether its certificates lead to a root that was given. */
  chained: boolean;
}

/**
 * Checks a token whole: what it stamps, the nonce, the policy, who signed and whether that certificate is for nothing else and was valid then,
 * and its signature. Whether a certificate was revoked is not asked: that needs a network.
 * @param der attacker-controlled
 * @throws ExhibitError TIMESTAMP_INVALID with details {check}
 * @see RFC 3161 sections 2.2, 2.3 and 2.4.2
 */
export async function verifyToken(der: Uint8Array, question: TokenQuestion): Promise<TimeToken> {
  const token = parseToken(der);
  const { info } = token;
  await checkImprint(token, question.bytes);
  if (info.nonce === undefined || hexOf(info.nonce) !== question.nonce)
    refuse('nonce', 'it is the answer to another question');
  if (question.policies !== undefined && !question.policies.includes(info.policy))
    refuse(
      'policy',
      `it was made by the policy ${info.policy}; allowed are ${question.policies.join(', ') || 'none'}`,
    );
  // A critical extension changes what the stamp says in a way that is not known here.
  if (info.extensions?.some(({ critical }) => critical))
    refuse('extension', 'it has a critical extension that is not known');
  const signer = await signerOf(token);
  checkAlgorithms(token);
  const usage = stampsOnly(signer.certificate);
  if (usage !== undefined) refuse('usage', usage);
  await checkAttributes(token, signer.der);
  checkValidity(signer.certificate, info.genTime);
  await checkSignature(token, question);
  return {
    at: info.genTime.getTime(),
    accuracy: accuracyOf(info.accuracy),
    serial: hexOf(info.serialNumber) ?? '',
    policy: info.policy,
    tsa: subjectOf(signer.certificate),
    chained: question.roots !== undefined,
  };
}

async function checkImprint({ info }: ParsedToken, bytes: Uint8Array): Promise<void> {
  const { hashAlgorithm, hashedMessage } = info.messageImprint;
  if (hashAlgorithm.algorithmId !== SHA_256)
    refuse('imprint', `what it stamps is named by the hash ${hashAlgorithm.algorithmId}, not by SHA-256`);
  const expected = new Uint8Array(await engine.digest('SHA-256', new Uint8Array(bytes)));
  if (!sameBytes(expected, hashedMessage.valueBlock.valueHexView))
    refuse('imprint', 'it stamps something else than this checkpoint');
}

async function signerOf({ signer, certificates }: ParsedToken): Promise<ParsedToken['certificates'][number]> {
  const { sid } = signer;
  // RFC 3161 leaves the other form (key identifier) open; authorities use this one, and the certificate's id binds it anyway.
  if (!(sid instanceof IssuerAndSerialNumber))
    return refuse('signer', 'it names who signed by a key identifier');
  const found = certificates.filter(
    ({ certificate }) =>
      certificate.issuer.isEqual(sid.issuer) && certificate.serialNumber.isEqual(sid.serialNumber),
  );
  const [one] = found;
  if (one === undefined) return refuse('signer', 'it does not carry the certificate that signed');
  if (found.length > 1) refuse('signer', 'it carries two certificates of the same name and number');
  return one;
}

function checkAlgorithms({ signer }: ParsedToken): void {
  if (hashOf(signer.digestAlgorithm.algorithmId) === undefined)
    refuse('algorithm', `it was signed by the hash ${signer.digestAlgorithm.algorithmId}, not one of SHA-2`);
  if (isBroken(signer.signatureAlgorithm.algorithmId))
    refuse('algorithm', `it was signed by ${signer.signatureAlgorithm.algorithmId}, whose hash is broken`);
}

function checkValidity({ notBefore, notAfter }: Certificate, time: Date): void {
  if (time >= notBefore.value && time <= notAfter.value) return;
  const [from, until, at] = [notBefore.value, notAfter.value, time].map((one) =>
    formatInstant(one.getTime()),
  );
  refuse('validity', `its certificate was valid from ${from} to ${until}, and it is of ${at}`);
}

async function checkSignature(
  { signed }: ParsedToken,
  { bytes, roots }: Pick<TokenQuestion, 'bytes' | 'roots'>,
): Promise<void> {
  let path: Certificate[] = [];
  try {
    const found = await signed.verify(
      {
        signer: 0,
        data: new Uint8Array(bytes).buffer,
        extendedMode: true,
        checkChain: roots !== undefined,
        trustedCerts: [...(roots ?? [])],
        passedWhenNotRevValues: true,
        findIssuer: issuerFinder(),
      },
      engine,
    );
    if (found.signatureVerified !== true)
      refuse('signature', 'its signature is not of the key that it names');
    path = found.certificatePath ?? [];
  } catch (error) {
    if (isExhibitError(error)) throw error;
    const { code, message } = error as { code?: number; message?: string };
    if (code === 5)
      refuse('chain', `its certificates lead to no authority that was given: ${message}`, error);
    refuse('signature', message ?? 'it cannot be checked', error);
  }
  if (roots === undefined) return;
  const isRoot = (one: Certificate) => roots.some(({ tbsView }) => sameBytes(tbsView, one.tbsView));
  if (!path.some(isRoot)) refuse('chain', 'its certificates lead to no authority that was given');
  // The signature of a root itself is not what makes it believed.
  const weak = path.find((one) => !isRoot(one) && isBroken(one.signatureAlgorithm.algorithmId));
  if (weak !== undefined)
    refuse('chain', `the certificate of ${subjectOf(weak)} was signed with a broken hash`);
}

/** So many issuers are looked for: a chain has three or four certificates. */
const MOST_LOOKS = 32;

/**
 * Looks for issuers as the library does, and gives up. It follows certificates that issued each other without end, and who made the token
 * chose which it carries.
 */
function issuerFinder() {
  let looks = 0;
  return (certificate: Certificate, chain: CertificateChainValidationEngine): Promise<Certificate[]> => {
    looks += 1;
    if (looks > MOST_LOOKS) throw new RangeError('there are too many ways from one certificate to another');
    return chain.defaultFindIssuer(certificate, chain, engine);
  };
}

function accuracyOf(
  accuracy: { seconds?: number; millis?: number; micros?: number } | undefined,
): number | undefined {
  if (accuracy === undefined) return undefined;
  const { seconds = 0, millis = 0, micros = 0 } = accuracy;
  return seconds * 1000 + millis + Math.ceil(micros / 1000);
}
