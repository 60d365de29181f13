import { createVerify, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { type Clock, ExhibitError } from '../../record/index.ts';

/** @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
const base = {
  MessageId: z.string().max(200),
  TopicArn: z.string().max(512),
  Message: z.string(),
  Timestamp: z.string().max(64),
  SignatureVersion: z.enum(['1', '2']),
  Signature: z.string().max(2_048),
  SigningCertURL: z.string().max(1_024),
};
const confirmation = { ...base, Token: z.string().max(2_048), SubscribeURL: z.string().max(4_096) };
const messageSchema = z.discriminatedUnion('Type', [
  z.looseObject({ Type: z.literal('Notification'), Subject: z.string().nullish(), ...base }),
  z.looseObject({ Type: z.literal('SubscriptionConfirmation'), ...confirmation }),
  z.looseObject({ Type: z.literal('UnsubscribeConfirmation'), ...confirmation }),
]);
export type SnsMessage = z.infer<typeof messageSchema>;

/** Only hosts of SNS itself: anything else would let the sender choose whose signature counts, and where this server calls. */
const HOST = /^sns\.[a-z]{2}(-[a-z]+)+-\d\.amazonaws\.com(\.cn)?$/;
/**
 * Where SNS itself keeps its certificates. The same host answers what else it is asked, with words that whoever made the address may have
 * chosen: a certificate among them would be theirs.
 */
const CERTIFICATE = /^\/SimpleNotificationService-[0-9a-f]{32}\.pem$/;
const MOST_CERTIFICATE = 16_384;
const MOST_KEPT = 16;
const FETCH_MILLISECONDS = 5_000;

export type FetchText = (url: string) => Promise<string>;

/** Undefined for what is no message of SNS. @param value attacker-controlled */
export function snsMessageOf(value: unknown): SnsMessage | undefined {
  const parsed = messageSchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

/** Holds messages of SNS against their signatures. */
export class SnsSignatures {
  readonly #fetch: FetchText;
  readonly #clock: Clock;
  readonly #certificates = new Map<string, X509Certificate>();

  constructor(clock: Clock, fetchText: FetchText = fetchFromSns) {
    this.#clock = clock;
    this.#fetch = fetchText;
  }

  /** @throws ExhibitError AUTH_INVALID for a message that SNS did not sign, SERVER_BUSY where its certificate cannot be had now */
  async require(message: SnsMessage): Promise<void> {
    const { SigningCertURL, SignatureVersion, Signature } = message;
    if (!isCertificate(SigningCertURL))
      throw invalid('the message names a certificate that is not one of SNS');
    const certificate = await this.#certificate(SigningCertURL);
    const now = this.#clock();
    if (now < Date.parse(certificate.validFrom) || now >= Date.parse(certificate.validTo))
      throw invalid('the certificate of the message is not in force');
    const verify = createVerify(SignatureVersion === '2' ? 'RSA-SHA256' : 'RSA-SHA1');
    verify.update(signedText(message));
    if (!verify.verify(certificate.publicKey, Signature, 'base64'))
      throw invalid('the signature of the message does not hold');
  }

  /** Says to SNS that the topic may send here. @throws ExhibitError AUTH_INVALID, SERVER_BUSY */
  async confirm(url: string): Promise<void> {
    if (!isOfSns(url)) throw invalid('the message asks to call a host that is not one of SNS');
    await this.#call(url);
  }

  async #certificate(url: string): Promise<X509Certificate> {
    const known = this.#certificates.get(url);
    if (known !== undefined) return known;
    const text = await this.#call(url);
    let certificate: X509Certificate;
    try {
      certificate = new X509Certificate(text);
    } catch {
      throw invalid('what lies where the message names a certificate is none');
    }
    if (this.#certificates.size >= MOST_KEPT) this.#certificates.clear();
    this.#certificates.set(url, certificate);
    return certificate;
  }

  async #call(url: string): Promise<string> {
    try {
      return await this.#fetch(url);
    } catch (cause) {
      throw new ExhibitError('SERVER_BUSY', 'SNS could not be asked about its message; nothing was taken', {
        cause,
        hint: 'The server must reach https://sns.REGION.amazonaws.com.',
        details: { status: 503 },
      });
    }
  }
}

const invalid = (message: string) => new ExhibitError('AUTH_INVALID', message);

function isOfSns(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return (
    url.protocol === 'https:' &&
    HOST.test(url.hostname) &&
    url.port === '' &&
    url.username === '' &&
    url.password === ''
  );
}

function isCertificate(text: string): boolean {
  if (!isOfSns(text)) return false;
  const { pathname, search, hash } = new URL(text);
  return CERTIFICATE.test(pathname) && search === '' && hash === '';
}

/** What was signed: names and values of these members, each with a line end, in the order of the alphabet. */
export function signedText(message: SnsMessage): string {
  const names =
    message.Type === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  return names
    .flatMap((name) => {
      const value = message[name];
      return typeof value === 'string' ? [`${name}\n${value}\n`] : [];
    })
    .join('');
}

async function fetchFromSns(url: string): Promise<string> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(FETCH_MILLISECONDS) });
  if (!response.ok || response.body === null) throw new Error(`SNS answered ${response.status}`);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body) {
    size += part.length;
    if (size > MOST_CERTIFICATE) throw new Error('the answer of SNS is too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
