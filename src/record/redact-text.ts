import { REDACTED, redact } from './redact.ts';
import { withoutShapes } from './redact-shapes.ts';

/**
 * A text for people (a message, a name) without credentials: each that is known by its shape is replaced, and the rest stays
 * readable. Where more than shapes gives something away, the whole text goes. Twice changes nothing more.
 * @param text attacker-controlled
 */
export function redactText(text: string): string {
  const { value } = redact({ text: withoutShapes(text, REDACTED) });
  return (value as { text: string }).text;
}
