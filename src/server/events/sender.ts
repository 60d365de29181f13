import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ExhibitError } from '../../record/index.ts';
import type { Identity } from '../auth/identity.ts';
import type { EventsSetting, SenderSetting } from './settings.ts';

/** Longest value of a header that is compared. */
const LONGEST = 4_096;

/**
 * The sender that a header of the request names by its secret; undefined where none does. Every hash is compared, in constant time, so
 * that the time says nothing about the secrets.
 */
export function senderOf(
  { headers }: IncomingMessage,
  { senders }: EventsSetting,
): SenderSetting | undefined {
  let found: SenderSetting | undefined;
  for (const sender of senders) {
    if (sender.header === undefined || sender.hashes === undefined) continue;
    const value = headers[sender.header.toLowerCase()];
    if (typeof value !== 'string' || value.length > LONGEST) continue;
    const hash = createHash('sha256').update(value).digest();
    for (const each of sender.hashes)
      if (timingSafeEqual(hash, Buffer.from(each.slice('sha256:'.length), 'hex'))) found = sender;
  }
  return found;
}

/** A sender as a caller whose identity is known. @param verified_by what shows it: `secret`, `sns` */
export function identityOf({ name, emitter }: SenderSetting, verified_by: string): Identity {
  return { name, verified_by, roles: ['emitter'], emitters: [emitter] };
}

/** @throws ExhibitError AUTH_DENIED */
export function requireFormat({ name, formats }: SenderSetting, format: string): void {
  if (formats.includes(format)) return;
  throw new ExhibitError('AUTH_DENIED', `${name} may not send ${JSON.stringify(format)}`, {
    hint: `It may send: ${formats.join(', ')}.`,
  });
}
