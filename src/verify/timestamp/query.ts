import { fromBER, Integer, Null, OctetString } from 'asn1js';
import { AlgorithmIdentifier, MessageImprint, TimeStampReq, TimeStampResp } from 'pkijs';
import { fromHex } from '../../record/index.ts';
import { engine, SHA_256 } from './engine.ts';
import { MAX_TOKEN_BYTES } from './parse.ts';
import { refuse } from './refuse.ts';

/** Bytes of a nonce. */
export const NONCE_BYTES = 16;

/**
 * A nonce of random bytes, hexadecimal: a positive number whose first byte is never zero, so that it has one form.
 * @param random NONCE_BYTES random bytes
 */
export function nonceOf(random: Uint8Array): string {
  const [first = 0, ...rest] = random;
  return [(first & 0x3f) | 0x40, ...rest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * A question to an authority: to stamp the SHA-256 of some bytes, and to send its certificates along.
 * @see RFC 3161 section 2.4.1
 */
export async function timestampQuery(bytes: Uint8Array, nonce: string): Promise<Uint8Array> {
  const imprint = await engine.digest('SHA-256', new Uint8Array(bytes));
  const query = new TimeStampReq({
    version: 1,
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: SHA_256, algorithmParams: new Null() }),
      hashedMessage: new OctetString({ valueHex: imprint }),
    }),
    nonce: new Integer({ valueHex: fromHex(nonce).slice().buffer }),
    certReq: true,
  });
  return new Uint8Array(query.toSchema().toBER(false));
}

/** Words of RFC 3161 section 2.4.2 for why nothing was stamped, by their bit. */
const FAILURES: Record<number, string> = {
  0: 'the hash is not known there',
  2: 'the request is not allowed or not supported',
  5: 'the request is malformed',
  14: 'its clock is not there',
  15: 'the policy is not there',
  16: 'an extension is not supported',
  17: 'more was asked for than there is',
  25: 'it failed inside',
};

/**
 * The token of an answer, as it was sent. Nothing of it was checked but the status.
 * @param der attacker-controlled
 * @throws ExhibitError TIMESTAMP_INVALID
 */
export function tokenOfAnswer(der: Uint8Array): Uint8Array {
  if (der.length > MAX_TOKEN_BYTES)
    refuse('form', `the answer has ${der.length} bytes; ${MAX_TOKEN_BYTES} is the most`);
  try {
    const { offset, result } = fromBER(der);
    if (offset !== der.length) refuse('form', 'the answer is cut off, or there are bytes behind it');
    const { status, timeStampToken } = new TimeStampResp({ schema: result });
    // granted, grantedWithMods
    if (status.status !== 0 && status.status !== 1)
      refuse('status', `the authority granted no time stamp: ${reasonOf(status)}`);
    if (timeStampToken === undefined) return refuse('status', 'the authority granted it and sent none');
    const [, token] = (
      result as unknown as { valueBlock: { value: { valueBeforeDecodeView: Uint8Array }[] } }
    ).valueBlock.value;
    return new Uint8Array(token?.valueBeforeDecodeView ?? []);
  } catch (error) {
    if (error instanceof Error && error.name === 'ExhibitError') throw error;
    return refuse('form', 'the answer is not what RFC 3161 describes', error);
  }
}

function reasonOf({ status, failInfo }: TimeStampResp['status']): string {
  const bytes = failInfo?.valueBlock.valueHexView ?? new Uint8Array();
  const bits = Array.from({ length: bytes.length * 8 }, (_, bit) => bit).filter(
    (bit) => (((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1,
  );
  const words = bits.map((bit) => FAILURES[bit] ?? `failure ${bit}`);
  return words.length === 0 ? `status ${status}` : words.join(', ');
}
