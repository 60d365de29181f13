import { REDACTED, redact } from './redact.ts';
import { assignsSecret, decodedText } from './redact-lines.ts';
import { credentialIn, withoutShapes } from './redact-shapes.ts';

/**
 * A text for people (a message, a name) without credentials: each that is known by its shape is replaced, and the rest stays
 * readable. Where more than shapes gives something away, the whole text goes. Twice changes nothing more.
 * @param text attacker-controlled
 */
export function redactText(text: string): string {
  // Most texts are short and hold nothing: what `redact` would look at in them is asked for here, at a fraction of its cost.
  if (credentialIn(text) === undefined && isSurelyPlain(text)) return text;
  const { value } = redact({ text: withoutShapes(text, REDACTED) });
  return (value as { text: string }).text;
}

/** Whether a text without the shape of a credential has nothing within it in which another could hide: lines, base64, JSON. */
function isSurelyPlain(text: string): boolean {
  return (
    text.length <= LONGEST &&
    text.isWellFormed() &&
    !assignsSecret(text) &&
    decodedText(text) === undefined &&
    (!/^\s*[[{]/.test(text) || isPlainList(text))
  );
}

const LONGEST = 8_192;

/** A list of plain texts and numbers, such as an id of several parts, none of which is a flag of a command line; or no JSON at all. */
function isPlainList(text: string): boolean {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return true;
  }
  return (
    Array.isArray(list) &&
    list.every((item: unknown) =>
      typeof item === 'string'
        ? !/^\s*[-[{]/.test(item) && credentialIn(item) === undefined && isSurelyPlain(item)
        : typeof item !== 'object' || item === null,
    )
  );
}
