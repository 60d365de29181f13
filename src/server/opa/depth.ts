import { MAX_DEPTH } from '../../record/index.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** What stands in the place of what cannot be kept. */
const TOO_DEEP = JSON.stringify(`[nested deeper than ${MAX_DEPTH} levels: not kept]`);

/**
 * JSON text without what is nested deeper than what is judged and stored: who decided, when and what is kept all the same, and every number
 * beside it as it stands there. No depth ends the stack.
 * @param json attacker-controlled; what is no JSON stays none, but within what is cut
 */
export function withoutDepths(json: string, most = MAX_DEPTH): string {
  const kept: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < json.length; at += 1) {
    switch (json.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(json, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        if (depth !== most + 1) break;
        kept.push(json.slice(from, at), TOO_DEEP);
        from = json.length;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        if (depth === most + 1) from = at + 1;
        depth -= 1;
        break;
    }
  }
  return kept.length === 0 ? json : kept.join('') + json.slice(from);
}

/** Index of the quote that ends a string. */
function endOfString(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at;
  }
  return json.length;
}
