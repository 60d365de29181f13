import { formatInstant } from '../record/index.ts';
import { isDay } from './schema.ts';

const INSTANT =
  /^(\d{4}-\d{2}-\d{2})[Tt]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?)(?:[Zz]|([+-])(\d{2}):([0-5]\d))$/;
/** Offsets that exist on earth, in minutes: from 12 hours behind UTC to 14 hours before it. */
const FURTHEST = { '-': 12 * 60, '+': 14 * 60 } as const;

/**
 * RFC 3339 with seconds and offset, or a bare day, which gets the given time of that day in UTC. A time without an offset
 * has another meaning on every machine and is refused, as are hour 24, leap seconds and offsets that exist nowhere.
 * @returns the instant in UTC with milliseconds, or undefined for what is none
 */
export function readInstant(text: string, timeOfDay: string): string | undefined {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return isDay(text) ? `${text}T${timeOfDay}` : undefined;
  const [, day = '', time = '', sign, hours = '', minutes = ''] = INSTANT.exec(text) ?? [];
  if (day === '' || !isDay(day)) return undefined;
  if (sign === undefined) return formatInstant(Date.parse(`${day}T${time}Z`));
  const direction = sign === '-' ? '-' : '+';
  if (Number(hours) * 60 + Number(minutes) > FURTHEST[direction]) return undefined;
  return formatInstant(Date.parse(`${day}T${time}${sign}${hours}:${minutes}`));
}
