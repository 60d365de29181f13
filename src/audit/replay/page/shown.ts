/** What changes the direction of a text, or is not seen in it. */
const HIDDEN = /[\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * A text as a page shows it: characters that would show it in another order, or that nobody sees, stand as their code points. A name that
 * turns the rest of a line around could make `fail` read as something else; a rule could show other code than it holds.
 * @param text attacker-controlled
 */
export function shown(text: string): string {
  return text.replace(HIDDEN, (character) => `\\u{${(character.codePointAt(0) as number).toString(16)}}`);
}
