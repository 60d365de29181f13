import { ExhibitError } from '../../record/index.ts';
import { quoteGo } from '../wasm/text.ts';

/** What a Rego value is in Go when sprintf formats it: composites, booleans and null come as their text. */
export type GoValue = string | number | { readonly kind: 'int64' | '*big.Int'; readonly value: bigint };

interface Flags {
  plus: boolean;
  minus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  width: number | undefined;
  precision: number | undefined;
}

const LIMIT = 1_000_000;
const typeName = (value: GoValue): string =>
  typeof value === 'string' ? 'string' : typeof value === 'number' ? 'float64' : value.kind;

/**
 * Go's fmt.Sprintf for the four types that Rego's sprintf passes, so that messages are those of real OPA.
 * @see https://pkg.go.dev/fmt
 */
export function sprintf(format: string, values: readonly GoValue[]): string {
  return new Printer(format, values).run();
}

class Printer {
  readonly #format: string;
  readonly #values: readonly GoValue[];
  #at = 0;
  #next = 0;
  #reordered = false;
  #good = true;
  #out = '';

  constructor(format: string, values: readonly GoValue[]) {
    this.#format = format;
    this.#values = values;
  }

  run(): string {
    while (this.#at < this.#format.length) {
      const percent = this.#format.indexOf('%', this.#at);
      if (percent < 0) {
        this.#out += this.#format.slice(this.#at);
        break;
      }
      this.#out += this.#format.slice(this.#at, percent);
      this.#at = percent + 1;
      this.#directive();
    }
    if (!this.#reordered && this.#next < this.#values.length) {
      const extra = this.#values.slice(this.#next);
      this.#out += `%!(EXTRA ${extra.map((value) => `${typeName(value)}=${show(value)}`).join(', ')})`;
    }
    return this.#out;
  }

  #directive(): void {
    const flags = this.#flags();
    this.#good = true;
    let after = this.#index();
    if (this.#peek() === '*') {
      this.#at += 1;
      const width = this.#star();
      if (width === undefined) this.#out += '%!(BADWIDTH)';
      else {
        flags.width = Math.abs(width);
        if (width < 0) [flags.minus, flags.zero] = [true, false];
      }
      after = false;
    } else {
      flags.width = this.#digits();
      if (after && flags.width !== undefined) this.#good = false;
    }
    if (this.#peek() === '.') {
      this.#at += 1;
      if (after) this.#good = false;
      after = this.#index();
      if (this.#peek() === '*') {
        this.#at += 1;
        const precision = this.#star();
        if (precision === undefined) this.#out += '%!(BADPREC)';
        else if (precision >= 0) flags.precision = precision;
        after = false;
      } else flags.precision = this.#digits() ?? 0;
    }
    if (!after) this.#index();
    this.#verb(flags);
  }

  #verb(flags: Flags): void {
    const code = this.#format.codePointAt(this.#at);
    if (code === undefined) {
      this.#out += '%!(NOVERB)';
      return;
    }
    const verb = String.fromCodePoint(code);
    this.#at += verb.length;
    const value = this.#values[this.#next];
    if (verb === '%') this.#out += '%';
    else if (!this.#good) this.#out += `%!${verb}(BADINDEX)`;
    else if (value === undefined) this.#out += `%!${verb}(MISSING)`;
    else {
      this.#next += 1;
      // The plus and sharp of %+v and %#v mean Go syntax, not a sign or a prefix.
      this.#out += verb === 'v' ? general(flags, value) : print(verb, flags, value);
    }
  }

  #flags(): Flags {
    const flags: Flags = {
      plus: false,
      minus: false,
      sharp: false,
      space: false,
      zero: false,
      width: undefined,
      precision: undefined,
    };
    for (; ; this.#at += 1) {
      const char = this.#peek();
      if (char === '+') flags.plus = true;
      else if (char === '-') flags.minus = true;
      else if (char === '#') flags.sharp = true;
      else if (char === ' ') flags.space = true;
      else if (char === '0') flags.zero = true;
      else return flags;
    }
  }

  /** `[n]`: the argument to use next, from 1. */
  #index(): boolean {
    if (this.#peek() !== '[') return false;
    this.#reordered = true;
    const close = this.#format.indexOf(']', this.#at);
    const text = close < 0 ? '' : this.#format.slice(this.#at + 1, close);
    this.#at = close < 0 ? this.#at + 1 : close + 1;
    const number = /^\d+$/.test(text) ? Number(text) : 0;
    if (number < 1 || number > this.#values.length) this.#good = false;
    else this.#next = number - 1;
    return close >= 0 && number >= 1 && number <= this.#values.length;
  }

  #star(): number | undefined {
    const value = this.#values[this.#next];
    if (value === undefined) return undefined;
    this.#next += 1;
    if (typeof value !== 'object' || value.kind !== 'int64') return undefined;
    const number = Number(value.value);
    return Math.abs(number) > LIMIT ? undefined : number;
  }

  #digits(): number | undefined {
    const found = /\d+/y;
    found.lastIndex = this.#at;
    const digits = found.exec(this.#format)?.[0];
    if (digits === undefined) return undefined;
    this.#at += digits.length;
    return Number(digits) > LIMIT ? undefined : Number(digits);
  }

  #peek(): string | undefined {
    return this.#format[this.#at];
  }
}

const PLAIN: Flags = {
  plus: false,
  minus: false,
  sharp: false,
  space: false,
  zero: false,
  width: undefined,
  precision: undefined,
};
const show = (value: GoValue): string => print('v', PLAIN, value);

function general(flags: Flags, value: GoValue): string {
  // A big integer formats itself and keeps the sign.
  const big = typeof value === 'object' && value.kind === '*big.Int';
  const plain = { ...flags, plus: flags.plus && big, sharp: false };
  return typeof value === 'string' && flags.sharp ? print('q', plain, value) : print('v', plain, value);
}

function print(verb: string, flags: Flags, value: GoValue): string {
  if (verb === 'T') return pad(typeName(value), { ...flags, zero: false });
  const out =
    typeof value === 'string'
      ? text(verb, flags, value)
      : typeof value === 'number'
        ? float(verb, flags, value)
        : integer(verb, flags, value.value, value.kind === '*big.Int');
  if (out !== undefined) return out;
  const type = typeof value === 'object' && value.kind === '*big.Int' ? 'big.Int' : typeName(value);
  return `%!${verb}(${type}=${type === 'big.Int' && typeof value === 'object' ? value.value : print('v', flags, value)})`;
}

function pad(out: string, flags: Flags): string {
  const missing = (flags.width ?? 0) - [...out].length;
  if (missing <= 0) return out;
  if (flags.minus) return out + ' '.repeat(missing);
  return (flags.zero ? '0' : ' ').repeat(missing) + out;
}

function text(verb: string, flags: Flags, value: string): string | undefined {
  const cut = flags.precision === undefined ? value : [...value].slice(0, flags.precision).join('');
  switch (verb) {
    case 'v':
      return pad(cut, flags);
    case 's':
      return pad(cut, flags);
    case 'q':
      return pad(quoted(cut, flags), flags);
    case 'x':
    case 'X':
      return pad(hex(value, verb, flags), flags);
    default:
      return undefined;
  }
}

function quoted(value: string, flags: Flags): string {
  return flags.sharp && [...value].every(canBackquote) ? `\`${value}\`` : quoteGo(value, flags.plus);
}

/** What Go's raw strings may hold: no backquote, no byte order mark, no control character but the tab. */
const canBackquote = (char: string): boolean =>
  char === '\t' || (char >= ' ' && char !== '`' && char !== '\u007f' && char !== '\ufeff');

function hex(value: string, verb: string, flags: Flags): string {
  const bytes = new TextEncoder().encode(value).subarray(0, flags.precision);
  const prefix = flags.sharp ? '0x' : '';
  const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
  const out =
    pairs.length === 0
      ? ''
      : flags.space
        ? pairs.map((pair) => prefix + pair).join(' ')
        : prefix + pairs.join('');
  return verb === 'X' ? out.toUpperCase() : out;
}

const BASES: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };

function integer(verb: string, flags: Flags, value: bigint, big: boolean): string | undefined {
  if (!big && verb === 'c') return pad(character(value), { ...flags, zero: false });
  if (!big && verb === 'q') return pad(quoteGo(character(value), flags.plus, "'"), flags);
  if (!big && verb === 'U') {
    const code = `U+${BigInt.asUintN(64, value)
      .toString(16)
      .toUpperCase()
      .padStart(Math.max(4, flags.precision ?? 0), '0')}`;
    return pad(flags.sharp ? `${code} '${character(value)}'` : code, { ...flags, zero: false });
  }
  const base = BASES[verb] ?? (big && verb === 's' ? 10 : undefined);
  if (base === undefined) return undefined;
  const negative = value < 0n;
  let digits = (negative ? -value : value).toString(base);
  if (flags.precision === 0 && value === 0n) return ' '.repeat(flags.width ?? 0);
  if (flags.precision !== undefined) digits = digits.padStart(flags.precision, '0');
  const sign = negative ? '-' : flags.plus ? '+' : flags.space ? ' ' : '';
  if (flags.sharp && base === 8 && verb === 'o' && !digits.startsWith('0')) digits = `0${digits}`;
  const prefix = verb === 'O' ? '0o' : !flags.sharp ? '' : base === 2 ? '0b' : base === 16 ? '0x' : '';
  if (flags.zero && !flags.minus && flags.precision === undefined && flags.width !== undefined) {
    digits = digits.padStart(flags.width - sign.length - (big ? prefix.length : 0), '0');
  }
  const out = sign + prefix + digits;
  return pad(verb === 'X' ? out.toUpperCase() : out, { ...flags, zero: false });
}

const character = (value: bigint): string =>
  value >= 0n && value <= 0x10ffffn && !(value >= 0xd800n && value <= 0xdfffn)
    ? String.fromCodePoint(Number(value))
    : '\ufffd';

function float(verb: string, flags: Flags, value: number): string | undefined {
  refuseRare(verb, flags);
  const digits = floatDigits(verb, Math.abs(value), flags);
  if (digits === undefined) return undefined;
  const negative = value < 0 || Object.is(value, -0);
  const sign = negative ? '-' : flags.plus ? '+' : flags.space ? ' ' : '';
  if (flags.zero && !flags.minus && flags.width !== undefined && Number.isFinite(value))
    return sign + digits.padStart(flags.width - sign.length, '0');
  return pad(sign + digits, { ...flags, zero: false });
}

/** Forms of a number with a fraction that no policy's message needs: better an error than another text than OPA's. */
function refuseRare(verb: string, flags: Flags): void {
  if (!flags.sharp && !'xXb'.includes(verb)) return;
  throw new ExhibitError(
    'ENGINE_ERROR',
    `sprintf does not write a number with a fraction as %${flags.sharp ? '#' : ''}${verb}`,
    {
      hint: 'Use %v, %f or %d.',
    },
  );
}

function floatDigits(verb: string, value: number, flags: Flags): string | undefined {
  if (!Number.isFinite(value)) return 'vgGeEfF'.includes(verb) ? '+Inf'.slice(1) : undefined;
  switch (verb) {
    case 'v':
      return shortest(value, flags.precision);
    case 'g':
      return shortest(value, flags.precision);
    case 'G':
      return shortest(value, flags.precision).toUpperCase();
    case 'f':
    case 'F':
      return fixed(value, flags.precision ?? 6);
    case 'e':
      return exponent(value.toExponential(Math.min(100, flags.precision ?? 6)));
    case 'E':
      return exponent(value.toExponential(Math.min(100, flags.precision ?? 6))).toUpperCase();
    default:
      return undefined;
  }
}

/** %g: like Go with the shortest digits that read back, exponent form below 1e-4 and from 1e6 (or the precision). */
function shortest(value: number, precision: number | undefined): string {
  if (precision === undefined) {
    const power = value === 0 ? 0 : Number(value.toExponential().split('e')[1]);
    return power < -4 || power >= 6 ? exponent(value.toExponential()) : plain(value.toExponential());
  }
  const digits = Math.min(101, Math.max(1, precision));
  const form = value.toExponential(digits - 1);
  const power = Number(form.split('e')[1]);
  const trimmed = form.replace(/\.?0+e/, 'e');
  const cut = form.includes('.') ? trimmed : form;
  return power < -4 || power >= digits ? exponent(cut) : plain(cut);
}

function exponent(form: string): string {
  const [mantissa = '', power = '0'] = form.split('e');
  return `${mantissa}e${power[0] === '-' ? '-' : '+'}${power.replace(/^[+-]/, '').padStart(2, '0')}`;
}

function plain(form: string): string {
  const [mantissa = '', power = '0'] = form.split('e');
  const digits = mantissa.replace('.', '');
  const point = Number(power) + 1;
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return digits + '0'.repeat(point - digits.length);
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** %f with the exact decimal expansion, also beyond 1e21 where toFixed changes to exponents. */
function fixed(value: number, precision: number): string {
  const places = Math.min(100, precision);
  const out =
    value < 1e21 ? value.toFixed(places) : `${BigInt(value)}${places > 0 ? `.${'0'.repeat(places)}` : ''}`;
  return precision > places ? out + '0'.repeat(precision - places) : out;
}
