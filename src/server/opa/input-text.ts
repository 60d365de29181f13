const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * The text of the member `input` of a JSON object, as it stands there: what a policy judges keeps every digit of its numbers, and
 * nothing is written again.
 * @param bytes one JSON object, well-formed
 * @returns undefined where it has no such member; of several the last, as JSON.parse takes them
 */
export function inputText(bytes: Uint8Array): Uint8Array | undefined {
  let found: Uint8Array | undefined;
  let depth = 0;
  let key: string | undefined;
  let start = -1;
  for (let at = 0; at < bytes.length; at += 1) {
    switch (bytes[at]) {
      case QUOTE: {
        const end = endOfString(bytes, at);
        if (depth === 1 && start < 0) key = JSON.parse(decoder.decode(bytes.subarray(at, end + 1))) as string;
        at = end;
        break;
      }
      case 0x3a: // :
        if (depth === 1 && start < 0) start = at + 1;
        break;
      case 0x7b: // {
      case 0x5b: // [
        depth += 1;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        depth -= 1;
        if (depth === 0 && start >= 0 && key === 'input') found = bytes.subarray(start, at);
        break;
      case 0x2c: // ,
        if (depth !== 1) break;
        if (key === 'input') found = bytes.subarray(start, at);
        start = -1;
        break;
    }
  }
  return found;
}

const decoder = new TextDecoder();

/** Index of the quote that ends a string. */
function endOfString(bytes: Uint8Array, start: number): number {
  for (let at = start + 1; at < bytes.length; at += 1) {
    if (bytes[at] === BACKSLASH) at += 1;
    else if (bytes[at] === QUOTE) return at;
  }
  return bytes.length;
}
