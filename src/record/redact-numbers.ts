/**
 * Numbers that a double cannot hold (an integer beyond 2^53 - 1, a decimal with more digits than a double keeps).
 * They travel as the objects that `JSON.rawJSON` makes: `JSON.stringify` writes their digits unchanged, so an engine that
 * is given JSON text sees the exact number.
 */
export interface ExactNumber {
  readonly rawJSON: string;
}

interface RawJson {
  rawJSON(text: string): ExactNumber;
  isRawJSON(value: unknown): boolean;
}

// ECMAScript's JSON.rawJSON (JSON.parse source text access): Node 21, Chrome 114, Firefox 135, Safari 18.4 and newer.
const json = JSON as unknown as RawJson;

/** A number of exactly these digits. @param digits a JSON number. @throws SyntaxError when it is not JSON */
export function exactNumber(digits: string): ExactNumber {
  return json.rawJSON(digits);
}

/** True for a number that is carried by its digits. A plain object with a member `rawJSON` is not one. */
export function isExactNumber(value: unknown): value is ExactNumber {
  return json.isRawJSON(value);
}

/** The number as a double where that is the same number, else by its digits. @param digits a JSON number */
export function numberOf(digits: string): number | ExactNumber {
  const value = Number(digits);
  return isSameNumber(digits, value) ? value : exactNumber(digits);
}

/** True when a double prints as the same decimal number as the text that it was read from. */
export function isSameNumber(digits: string, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return false;
  // Fifteen significant digits always survive a double (IEEE 754 binary64, DBL_DIG).
  if (digits.length <= 15 && value !== 0) return true;
  return decimal(digits) === decimal(String(value));
}

/** A decimal number in one form: digits without zeros at the ends, and the power of ten of the last one. */
function decimal(text: string): string {
  const [mantissa = '', power = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace(/^[-+]/, '').split('.');
  const digits = `${whole}${fraction}`;
  let start = 0;
  let end = digits.length;
  while (start < end && digits[start] === '0') start += 1;
  while (end > start && digits[end - 1] === '0') end -= 1;
  if (start === end) return '0';
  const exponent = Number(power) - fraction.length + (digits.length - end);
  return `${text.startsWith('-') ? '-' : ''}${digits.slice(start, end)}e${exponent}`;
}

/**
 * Puts the numbers back that redaction kept as text, so that a stored input can be judged again with the numbers it had.
 * @param value a redacted value; not changed
 * @param redactions as the record lists them
 */
export function restoreNumbers(
  value: unknown,
  redactions: readonly { readonly path: string; readonly reason: string }[],
): unknown {
  return redactions
    .filter(({ reason }) => reason === 'exact-number')
    .reduce((whole, { path }) => restore(whole, pointerSteps(path)), value);
}

function restore(value: unknown, steps: readonly string[]): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return typeof value === 'string' ? numberOf(value) : value;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return value;
  if (Array.isArray(value)) return value.with(Number(step), restore(value[Number(step)], rest));
  const copy = { ...(value as Record<string, unknown>) };
  return Object.defineProperty(copy, step, { value: restore(copy[step], rest), enumerable: true });
}

function pointerSteps(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}
