import { type ExactNumber, exactNumber, isExactNumber } from '../record/index.ts';

/**
 * Scalars as kubectl and OPA's tools read them, so that the judge sees what the API server gets. Both use sigs.k8s.io/yaml,
 * which decodes with go.yaml.in/yaml/v2 (resolve.go): YAML 1.1 booleans, octal 0644, underscores in numbers, no base-60
 * numbers, dates stay text. `privileged: yes` is true there; a reader that says "yes" would be a way around a rule.
 */
export type Scalar = string | number | boolean | null | ExactNumber;

/** What a scalar's text resolves to, and as which type (Go's short tag). */
interface Resolved {
  type: 'str' | 'bool' | 'int' | 'float' | 'null' | 'timestamp';
  value: Scalar;
}

/** A scalar that has no JSON value; the message goes into INPUT_SYNTAX. */
export class ScalarError extends Error {}

const WORDS = new Map<string, Resolved>();
for (const word of ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'])
  WORDS.set(word, { type: 'bool', value: true });
for (const word of ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'])
  WORDS.set(word, { type: 'bool', value: false });
for (const word of ['', '~', 'null', 'Null', 'NULL']) WORDS.set(word, { type: 'null', value: null });

const INFINITE = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
/** Longer ones are beyond 64 bits whatever their base, so no time is spent on them. */
const LONGEST_INTEGER = 70;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const DATE = /^[0-9]{4}-/;
const TAG = 'tag:yaml.org,2002:';

/**
 * @param text the scalar's text after unquoting and folding; attacker-controlled
 * @param plain true when it is written without quotes
 * @param tag full name of its tag; undefined where there is none
 * @throws ScalarError
 */
export function resolveScalar(text: string, plain: boolean, tag: string | undefined): Scalar {
  return resolve(text, plain, tag).value;
}

/**
 * A mapping key as text. sigs.k8s.io/yaml (yaml.go, convertToJSONableObject) turns whole numbers, doubles and booleans into
 * strings and refuses null and whole numbers beyond 63 bits.
 * @throws ScalarError
 */
export function resolveKey(text: string, plain: boolean, tag: string | undefined): string {
  const { type, value } = resolve(text, plain, tag);
  switch (type) {
    case 'null':
      throw new ScalarError('a null key has no JSON form');
    case 'float':
      return singleText(Number(isExactNumber(value) ? value.rawJSON : value));
    case 'int':
      if (!isExactNumber(value)) return String(value);
      if (BigInt(value.rawJSON) >= 1n << 63n) throw new ScalarError('a key beyond 63 bits has no JSON form');
      return value.rawJSON;
    case 'bool':
    case 'str':
    case 'timestamp':
      return String(value);
  }
}

function resolve(text: string, plain: boolean, tag: string | undefined): Resolved {
  if (tag === undefined) return plain ? implicit(text) : { type: 'str', value: text };
  if (tag === `${TAG}binary`) return { type: 'str', value: binary(text) };
  const wanted = tag.startsWith(TAG) ? tag.slice(TAG.length) : '';
  switch (wanted) {
    case 'bool':
    case 'int':
    case 'float':
    case 'null':
    case 'timestamp': {
      const found = implicit(text);
      if (wanted === 'timestamp' && found.type === 'str' && DATE.test(text)) return found;
      if (found.type === wanted) return found;
      if (wanted === 'float' && found.type === 'int') return { type: 'float', value: found.value };
      throw new ScalarError(`cannot read a value of type ${found.type} as !!${wanted}`);
    }
    default:
      // !!str, and every tag that Go's reader does not know: the text itself, and nothing is ever run.
      return { type: 'str', value: text };
  }
}

function implicit(text: string): Resolved {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  const first = text.charCodeAt(0);
  // Only a sign, a digit or a dot starts a number.
  if (!(first === 0x2b || first === 0x2d || first === 0x2e || (first >= 0x30 && first <= 0x39)))
    return { type: 'str', value: text };
  if (INFINITE.test(text)) throw new ScalarError('infinity and NaN have no JSON value');
  if (first === 0x2e) return FLOAT.test(text) ? float(text, text) : { type: 'str', value: text };
  const bare = text.replaceAll('_', '');
  if (bare.length <= LONGEST_INTEGER && INTEGER.test(bare)) return integer(bare, text);
  return FLOAT.test(bare) ? float(bare, text) : { type: 'str', value: text };
}

function integer(bare: string, text: string): Resolved {
  const negative = bare.startsWith('-');
  const digits = bare.replace(/^[-+]/, '');
  const decimalForm = !/^0./.test(digits);
  const value = BigInt(/^0[0-7]/.test(digits) ? `0o${digits}` : digits.toLowerCase()) * (negative ? -1n : 1n);
  // strconv.ParseInt and ParseUint: beyond 64 bits a decimal is a float to Go, and anything else (or "+" before it) text.
  if (value >= 1n << 64n || value < -(1n << 63n)) {
    return decimalForm || FLOAT.test(bare) ? float(bare, text) : { type: 'str', value: text };
  }
  const small = value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER);
  return { type: 'int', value: small ? Number(value) : exactNumber(String(value)) };
}

/**
 * A decimal is a double for the API server too, so rounding it is what happens there. A whole number beyond 2^53 keeps its
 * digits all the same: it is never rounded in silence.
 */
function float(bare: string, text: string): Resolved {
  const value = Number(bare);
  if (!Number.isFinite(value)) return { type: 'str', value: text };
  const whole = /^([-+]?)0*([0-9]+)$/.exec(bare);
  if (whole !== null && !Number.isSafeInteger(value)) {
    return { type: 'float', value: exactNumber(`${whole[1] === '-' ? '-' : ''}${whole[2] ?? ''}`) };
  }
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    return { type: 'float', value: exactNumber(json(bare)) };
  return { type: 'float', value };
}

/** `+1.e5` as JSON writes it: `1e5`. */
function json(bare: string): string {
  return bare
    .replace(/^\+/, '')
    .replace(/^(-?)0+(?=[0-9])/, '$1')
    .replace(/^(-?)\./, '$10.')
    .replace(/\.(?=[eE]|$)/, '');
}

function binary(text: string): string {
  const compact = text.replace(/[\r\n]/g, '');
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact))
    throw new ScalarError('a !!binary value is not base64');
  const bytes = Uint8Array.from(atob(compact), (character) => character.charCodeAt(0));
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** Go's strconv.FormatFloat(x, 'g', -1, 32): the shortest text of the number in single precision. */
function singleText(value: number): string {
  const single = Math.fround(value);
  let text = '';
  for (let precision = 0; precision <= 8; precision += 1) {
    text = single.toExponential(precision);
    if (Math.fround(Number(text)) === single) break;
  }
  const [mantissa = '', exponent = '0'] = text.split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(Number(text));
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
