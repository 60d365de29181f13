/**
 * Time stamps by RFC 3161. Apart from the contract of the verifier, because the library that reads them is large and few commands need it:
 * loaded where time stamps are made or checked. Pure: Web Crypto, no network, no files.
 */
export { parseRoots } from './certificates.ts';
export { MAX_TOKEN_BYTES } from './parse.ts';
export { NONCE_BYTES, nonceOf, timestampQuery, tokenOfAnswer } from './query.ts';
export { CLOCKS_MILLISECONDS, type StampedLog, verifyStamps } from './stamps.ts';
export { type TimeToken, type TokenQuestion, verifyToken } from './token.ts';
