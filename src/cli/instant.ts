import { readInstant } from '../policy/index.ts';
import { ExhibitError } from '../record/index.ts';

/**
 * The time that a flag names, in Unix milliseconds; undefined where it is not given.
 * @param ofDay what a bare day stands for: `00:00:00.000Z`, or `23:59:59.999Z`
 * @throws ExhibitError USAGE
 */
export function instantOf(flag: string, text: string, ofDay: string): number;
export function instantOf(flag: string, text: string | undefined, ofDay: string): number | undefined;
export function instantOf(flag: string, text: string | undefined, ofDay: string): number | undefined {
  if (text === undefined) return undefined;
  const read = readInstant(text, ofDay);
  if (read === undefined)
    throw new ExhibitError('USAGE', `${flag}: ${text} is neither a day nor a time with its zone`, {
      hint: 'Write 2026-11-22 or 2026-11-22T10:00:00Z.',
    });
  return Date.parse(read);
}
