import { ExhibitError } from '../../record/index.ts';
import { fail } from './operands.ts';
import { unixSeconds, type WallTime } from './time-zone.ts';

/** Go's layout: the reference time written as one wants it. @see https://pkg.go.dev/time#pkg-constants */
const TOKEN =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|0[1-6]|002|15|1|2006|_2006|2|_2|__2|3|4|5|PM|pm|-070000|-07:00:00|-0700|-07:00|-07|Z070000|Z07:00:00|Z0700|Z07:00|Z07|[.,](?:0+|9+)(?!\d)/g;

export const NAMED_LAYOUTS: Readonly<Record<string, string>> = {
  ANSIC: 'Mon Jan _2 15:04:05 2006',
  UnixDate: 'Mon Jan _2 15:04:05 MST 2006',
  RubyDate: 'Mon Jan 02 15:04:05 -0700 2006',
  RFC822: '02 Jan 06 15:04 MST',
  RFC822Z: '02 Jan 06 15:04 -0700',
  RFC850: 'Monday, 02-Jan-06 15:04:05 MST',
  RFC1123: 'Mon, 02 Jan 2006 15:04:05 MST',
  RFC1123Z: 'Mon, 02 Jan 2006 15:04:05 -0700',
  RFC3339: '2006-01-02T15:04:05Z07:00',
  RFC3339Nano: '2006-01-02T15:04:05.999999999Z07:00',
};

export const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
];
const short = (names: readonly string[]): string[] => names.map((name) => name.slice(0, 3));

type Piece = { token: string } | { literal: string };

function pieces(layout: string): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  for (const match of layout.matchAll(TOKEN)) {
    const [found] = match;
    const underscore = found === '_2006' ? 1 : 0;
    if (match.index + underscore > at) out.push({ literal: layout.slice(at, match.index + underscore) });
    out.push({ token: found.slice(underscore) });
    at = match.index + found.length;
  }
  if (at < layout.length) out.push({ literal: layout.slice(at) });
  return out;
}

const pad = (value: number, width: number, fill = '0'): string => String(value).padStart(width, fill);

/** @throws ExhibitError ENGINE_ERROR for the abbreviation of a zone other than UTC, which the host does not know */
export function formatTime(layout: string, time: WallTime): string {
  return pieces(layout)
    .map((piece) => ('literal' in piece ? piece.literal : formatToken(piece.token, time)))
    .join('');
}

function formatToken(token: string, time: WallTime): string {
  const { year, month, day, hour, minute, second, weekday } = time;
  const twelve = hour % 12 === 0 ? 12 : hour % 12;
  switch (token) {
    case '2006':
      return pad(year, 4);
    case '06':
      return pad(year % 100, 2);
    case 'January':
      return MONTHS[month - 1] ?? '';
    case 'Jan':
      return short(MONTHS)[month - 1] ?? '';
    case '1':
      return String(month);
    case '01':
      return pad(month, 2);
    case 'Monday':
      return DAYS[weekday] ?? '';
    case 'Mon':
      return short(DAYS)[weekday] ?? '';
    case '2':
      return String(day);
    case '_2':
      return pad(day, 2, ' ');
    case '02':
      return pad(day, 2);
    case '__2':
      return pad(yearDay(time), 3, ' ');
    case '002':
      return pad(yearDay(time), 3);
    case '15':
      return pad(hour, 2);
    case '3':
      return String(twelve);
    case '03':
      return pad(twelve, 2);
    case '4':
      return String(minute);
    case '04':
      return pad(minute, 2);
    case '5':
      return String(second);
    case '05':
      return pad(second, 2);
    case 'PM':
      return hour >= 12 ? 'PM' : 'AM';
    case 'pm':
      return hour >= 12 ? 'pm' : 'am';
    case 'MST':
      return abbreviation(time);
    default:
      return token.startsWith('.') || token.startsWith(',')
        ? fraction(token, time.nanosecond)
        : zone(token, time.offset);
  }
}

const yearDay = ({ year, month, day }: WallTime): number => {
  const clock = { hour: 0, minute: 0, second: 0, nanosecond: 0 };
  return (
    (unixSeconds({ year, month, day, ...clock }) - unixSeconds({ year, month: 1, day: 1, ...clock })) /
      86_400 +
    1
  );
};

function fraction(token: string, nanosecond: number): string {
  const digits = pad(nanosecond, 9).slice(0, token.length - 1);
  if (token[1] === '0') return token.slice(0, 1) + digits.padEnd(token.length - 1, '0');
  const trimmed = digits.replace(/0+$/, '');
  return trimmed === '' ? '' : token.slice(0, 1) + trimmed;
}

/** `-07`, `-0700`, `-07:00`, with seconds too; a leading Z in the layout prints Z for UTC. */
function zone(token: string, offset: number): string {
  if (token.startsWith('Z') && offset === 0) return 'Z';
  const shape = token.slice(1);
  const total = Math.abs(offset);
  const parts = [pad(Math.floor(total / 3600), 2), pad(Math.floor(total / 60) % 60, 2), pad(total % 60, 2)];
  const count = shape.replaceAll(':', '').length / 2;
  return (offset < 0 ? '-' : '+') + parts.slice(0, count).join(shape.includes(':') ? ':' : '');
}

function abbreviation({ zone: name }: WallTime): string {
  if (name === 'UTC') return 'UTC';
  throw new ExhibitError('ENGINE_ERROR', `the abbreviation of the time zone ${name} is not known here`, {
    hint: 'Use a numeric offset such as -07:00 in the layout.',
  });
}

/**
 * @returns Unix nanoseconds
 * @throws OperandError when the text does not fit the layout or is no date
 */
export function parseTime(layout: string, text: string): bigint {
  const found = new Fields();
  let rest = text;
  const all = pieces(layout);
  for (const [i, piece] of all.entries()) {
    if ('literal' in piece) {
      rest = skipLiteral(piece.literal, rest);
      continue;
    }
    const next = all[i + 1];
    const fractionNext = next !== undefined && 'token' in next && /^[.,]/.test(next.token);
    rest = found.read(piece.token, rest, fractionNext);
  }
  if (rest !== '') fail('extra text');
  return found.nanoseconds();
}

/** A space in the layout stands for any number of spaces. */
function skipLiteral(literal: string, text: string): string {
  let rest = text;
  for (const char of literal) {
    if (char === ' ') {
      if (rest !== '' && !rest.startsWith(' ')) fail('expected a space');
      rest = rest.replace(/^ +/, '');
    } else if (rest.startsWith(char)) rest = rest.slice(char.length);
    else fail(`expected ${char}`);
  }
  return rest;
}

class Fields {
  #year = 0;
  #month = 1;
  #day = 1;
  #yearDay: number | undefined;
  #hour = 0;
  #minute = 0;
  #second = 0;
  #nanosecond = 0;
  #afternoon: boolean | undefined;
  #offset = 0;
  #monthOrDay = false;

  /** @returns what is left of the text */
  read(token: string, text: string, fractionNext: boolean): string {
    const take = (pattern: RegExp): string => pattern.exec(text)?.[0] ?? fail(`expected ${token}`);
    const upTo = (found: string): string => text.slice(found.length);
    const number = (pattern: RegExp, least: number, most: number): [number, string] => {
      const found = take(pattern);
      const value = Number(found);
      return value >= least && value <= most ? [value, upTo(found)] : fail(`${token} out of range`);
    };
    let rest: string;
    switch (token) {
      case '2006':
        [this.#year, rest] = number(/^\d{4}/, 0, 9999);
        return rest;
      case '06':
        [this.#year, rest] = number(/^\d{2}/, 0, 99);
        this.#year += this.#year >= 69 ? 1900 : 2000;
        return rest;
      case 'January':
      case 'Jan': {
        const names = token === 'Jan' ? short(MONTHS) : MONTHS;
        const index = names.findIndex((name) => text.toLowerCase().startsWith(name.toLowerCase()));
        if (index < 0) fail('not a month');
        [this.#month, this.#monthOrDay] = [index + 1, true];
        return text.slice(names[index]?.length);
      }
      case '1':
      case '01':
        [this.#month, rest] = number(token === '1' ? /^\d{1,2}/ : /^\d{2}/, 1, 12);
        this.#monthOrDay = true;
        return rest;
      case 'Monday':
      case 'Mon': {
        const names = token === 'Mon' ? short(DAYS) : DAYS;
        const name =
          names.find((each) => text.toLowerCase().startsWith(each.toLowerCase())) ?? fail('not a day');
        return text.slice(name.length);
      }
      case '2':
      case '_2':
      case '02':
        if (token === '_2' && text.startsWith(' ')) return this.read('2', text.slice(1), false);
        [this.#day, rest] = number(token === '02' ? /^\d{2}/ : /^\d{1,2}/, 0, 99);
        this.#monthOrDay = true;
        return rest;
      case '__2':
      case '002':
        [this.#yearDay, rest] = number(token === '002' ? /^\d{3}/ : /^ {0,2}\d{1,3}/, 1, 366);
        return rest;
      case '15':
        [this.#hour, rest] = number(/^\d{1,2}/, 0, 23);
        return rest;
      case '3':
      case '03':
        [this.#hour, rest] = number(token === '3' ? /^\d{1,2}/ : /^\d{2}/, 0, 12);
        return rest;
      case '4':
      case '04':
        [this.#minute, rest] = number(token === '4' ? /^\d{1,2}/ : /^\d{2}/, 0, 59);
        return rest;
      case '5':
      case '05': {
        [this.#second, rest] = number(token === '5' ? /^\d{1,2}/ : /^\d{2}/, 0, 59);
        // Go reads a fraction after the seconds even when the layout has none.
        const decimals = fractionNext ? undefined : /^[.,]\d+/.exec(rest)?.[0];
        if (decimals === undefined) return rest;
        this.#nanosecond = nanoseconds(decimals);
        return rest.slice(decimals.length);
      }
      case 'PM':
      case 'pm': {
        const half = take(token === 'PM' ? /^[AP]M/ : /^[ap]m/);
        this.#afternoon = half.toLowerCase() === 'pm';
        return upTo(half);
      }
      case 'MST':
        return this.#abbreviation(text);
      default:
        return /^[.,]/.test(token) ? this.#fraction(token, text) : this.#zone(token, text);
    }
  }

  #fraction(token: string, text: string): string {
    if (token[1] === '0') {
      const found = text.slice(0, token.length);
      if (!/^[.,]\d+$/.test(found) || found.length !== token.length) fail('expected a fraction');
      this.#nanosecond = nanoseconds(found);
      return text.slice(found.length);
    }
    const found = /^[.,]\d{1,9}(?!\d)|^[.,]\d{9}/.exec(text)?.[0];
    if (found === undefined) return text;
    this.#nanosecond = nanoseconds(found);
    return text.slice(found.length);
  }

  #zone(token: string, text: string): string {
    if (token.startsWith('Z') && text.startsWith('Z')) return text.slice(1);
    const shape = token.slice(1).replace(/\d\d/g, '(\\d\\d)');
    const found = new RegExp(`^([+-])${shape}`).exec(text) ?? fail('expected a zone');
    const [hours, minutes, seconds] = [Number(found[2]), Number(found[3] ?? 0), Number(found[4] ?? 0)];
    if (hours > 24 || minutes > 60 || seconds > 60) fail('zone out of range');
    this.#offset = (found[1] === '-' ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds);
    return text.slice(found[0].length);
  }

  /** Go takes an unknown abbreviation as UTC with that name; only GMT+n moves the clock. */
  #abbreviation(text: string): string {
    if (text.startsWith('UTC')) return text.slice(3);
    const gmt = /^GMT([+-]\d{1,2})/.exec(text);
    if (gmt !== null) {
      const hours = Number(gmt[1]);
      if (Math.abs(hours) > 23) fail('zone out of range');
      this.#offset = hours * 3600;
      return text.slice(gmt[0].length);
    }
    const found =
      /^(?:ChST|MeST|WITA|[A-Z]{4}T(?![A-Z])|[A-Z]{3}T(?![A-Z])|[A-Z]{3}(?![A-Z])|[+-]\d{2}(?!\d))/.exec(
        text,
      );
    return text.slice((found ?? fail('expected a zone'))[0].length);
  }

  nanoseconds(): bigint {
    if (this.#afternoon === true && this.#hour < 12) this.#hour += 12;
    if (this.#afternoon === false && this.#hour === 12) this.#hour = 0;
    const clock = { hour: this.#hour, minute: this.#minute, second: this.#second, nanosecond: 0 };
    const byYearDay = this.#yearDay !== undefined && !this.#monthOrDay;
    const day = byYearDay ? (this.#yearDay ?? 1) : this.#day;
    const month = byYearDay ? 1 : this.#month;
    const seconds = unixSeconds({ year: this.#year, month, day, ...clock });
    const made = new Date(seconds * 1000);
    const exists = byYearDay
      ? made.getUTCFullYear() === this.#year
      : made.getUTCMonth() + 1 === month && made.getUTCDate() === day;
    if (!exists) fail('no such day');
    return BigInt(seconds - this.#offset) * 1_000_000_000n + BigInt(this.#nanosecond);
  }
}

const nanoseconds = (fractionText: string): number => Number(fractionText.slice(1, 10).padEnd(9, '0'));
