// JSON source text access (ES2026): in Node 22 and newer, not yet in TypeScript's library.
const rawJSON = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;
type SourceReviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown;

const encoder = new TextEncoder();

/** Input as JSON in UTF-8. Half a surrogate pair becomes U+FFFD, as OPA reads it. A bigint keeps its digits; a member that is undefined is left out. */
export function encodeInput(value: unknown): Uint8Array {
  const text = stringify(value) ?? 'null';
  return encoder.encode(text.includes('\\ud') ? wellFormed(text) : text);
}

/** JSON.stringify escapes only halves, so each such escape is one; a backslash that is escaped itself starts none. */
function wellFormed(json: string): string {
  return json.replace(/\\(?:\\|ud[89a-f][0-9a-f]{2})/g, (found) => (found === '\\\\' ? found : '\ufffd'));
}

function stringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return JSON.stringify(value, (_key, item: unknown) =>
      typeof item === 'bigint' ? rawJSON(String(item)) : item,
    );
  }
}

const LONG = /\d{16}/;
const keepDigits: SourceReviver = (_key, value, { source }) =>
  typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
    ? (source ?? String(value))
    : value;

/** A result from JSON. An integer beyond 2^53 becomes the text of its digits, since a record must not round it. */
export function decodeResult(text: string): unknown {
  return LONG.test(text)
    ? JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown)
    : JSON.parse(text);
}
