import { createHash, timingSafeEqual } from 'node:crypto';
import { ExhibitError, type RandomBytes } from '../../record/index.ts';
import type { TokenSetting } from '../settings.ts';
import type { Identity } from './identity.ts';

/** What tokens of this server begin with, so that scanners for leaked secrets know one. */
export const TOKEN_PREFIX = 'exhibit_';
const TOKEN_BYTES = 32;

/**
 * A new token and its hash for the configuration. It has 256 random bits, so that one round of SHA-256 is as far from being
 * guessed as any slow hash is.
 */
export function newToken(random: RandomBytes): { token: string; hash: string } {
  const token = `${TOKEN_PREFIX}${Buffer.from(random(TOKEN_BYTES)).toString('base64url')}`;
  return { token, hash: `sha256:${digest(token).toString('hex')}` };
}

/**
 * The holder of a token. Every hash is compared, in constant time, so that the time says nothing about the tokens.
 * @returns undefined where no token has this hash
 * @throws ExhibitError AUTH_INVALID for one that has expired
 */
export function findToken(
  presented: string,
  tokens: readonly TokenSetting[],
  now: number,
): Identity | undefined {
  const hash = digest(presented);
  let found: TokenSetting | undefined;
  for (const token of tokens) {
    if (timingSafeEqual(hash, Buffer.from(token.hash.slice('sha256:'.length), 'hex'))) found = token;
  }
  if (found === undefined) return undefined;
  const { name, roles, emitters, expires } = found;
  if (expires !== undefined && now >= Date.parse(expires))
    throw new ExhibitError('AUTH_INVALID', `the token expired at ${expires}`);
  return { name, verified_by: 'token', roles, emitters };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
