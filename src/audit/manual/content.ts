import { isUtf8 } from 'node:buffer';
import { isSeen, redactText } from '../../record/index.ts';
import type { Form } from './details.ts';

/** Most bytes of one piece of manual evidence. */
export const MOST_BYTES = 32 * 2 ** 20;

/** Formats that people hand in, by their first bytes: enough to say what a thing is not. Nothing of a file is parsed. */
const SIGNATURES: readonly (readonly [bytes: string, type: string])[] = [
  ['89504e470d0a1a0a', 'image/png'],
  ['ffd8ff', 'image/jpeg'],
  ['474946383761', 'image/gif'],
  ['474946383961', 'image/gif'],
  ['255044462d', 'application/pdf'],
  ['504b0304', 'application/zip'],
  ['d0cf11e0a1b11ae1', 'application/x-ole-storage'],
  ['1f8b', 'application/gzip'],
];

/** The media type of what was given, by its content: its name could say anything. */
export function mediaType(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 16)).toString('hex');
  const known = SIGNATURES.find(([signature]) => start.startsWith(signature));
  if (known !== undefined) return known[1];
  if (start.startsWith('52494646') && start.slice(16, 24) === '57454250') return 'image/webp';
  if (!isUtf8(bytes) || bytes.includes(0)) return 'application/octet-stream';
  // Also what a browser would run: text is shown as text.
  return 'text/plain';
}

/** A picture is a screenshot, all else a document. An attestation is what somebody says, and no file. */
export function formOf(type: string): Form {
  return type.startsWith('image/') ? 'screenshot' : 'document';
}

const MOST_NAME = 200;

/**
 * The name of a file for people: the part behind the last slash, without what is not seen or turns writing around, without credentials.
 * @param name attacker-controlled
 */
export function safeName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const seen = [...last.normalize('NFC')].map((letter) => (isSeen(letter) ? letter : '_')).join('');
  const short = [...seen].slice(0, MOST_NAME).join('');
  const named = redactText(short).trim();
  return named === '' || /^\.+$/.test(named) ? 'unnamed' : named;
}

/** Lines, from 1, of a text that look as if they held a credential. What they hold is not given. */
export function secretLines(bytes: Uint8Array): number[] {
  if (mediaType(bytes) !== 'text/plain') return [];
  const lines = new TextDecoder().decode(bytes).split('\n');
  return lines.flatMap((line, at) => (redactText(line) === line ? [] : [at + 1]));
}
