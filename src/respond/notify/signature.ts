import { createHmac, timingSafeEqual } from 'node:crypto';

/** Seconds by which the time of a message may be off: an older one could be a copy of somebody else. */
export const TOLERANCE = 300;

/** A signature by the Standard Webhooks specification: HMAC-SHA256 over id, time and body. */
export function signWebhook(id: string, seconds: number, body: string, secret: string): string {
  const hmac = createHmac('sha256', keyOf(secret)).update(`${id}.${seconds}.${body}`);
  return `v1,${hmac.digest('base64')}`;
}

/**
 * What a receiver asks of a message before it believes it: the signature, and that it is of now.
 * @param headers by their lower-case names
 * @param now Unix milliseconds
 * @returns undefined, or in words why it is not believed
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function refuseWebhook(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: string,
  secret: string,
  now: number,
): string | undefined {
  const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signatures } = headers;
  if (typeof id !== 'string' || typeof time !== 'string' || typeof signatures !== 'string')
    return 'it has no id, time or signature';
  const seconds = /^\d{1,12}$/.test(time) ? Number(time) : Number.NaN;
  if (!(Math.abs(now / 1000 - seconds) <= TOLERANCE)) return 'it is not of now';
  const expected = Buffer.from(signWebhook(id, seconds, body, secret));
  // Several, while a key is changed.
  const matches = signatures
    .split(' ')
    .map((each) => Buffer.from(each))
    .some((each) => each.length === expected.length && timingSafeEqual(each, expected));
  return matches ? undefined : 'its signature is of another key or another text';
}

/** Bytes of a key: base64 after `whsec_`, else the text itself. */
function keyOf(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret, 'utf8');
}

/** 24 bytes, which the specification asks for at least. */
export function isLongEnough(secret: string): boolean {
  return keyOf(secret).length >= 24;
}
