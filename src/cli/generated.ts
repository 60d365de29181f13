import { z } from 'zod';
import { generatedWarning } from '../record/index.ts';
import type { Context } from './context.ts';
import { sentence } from './terminal/table.ts';

/** Field of a JSON answer over a log that `exhibit demo` made up; not there over any other. */
export const generatedField = z
  .string()
  .optional()
  .describe('there where the log was made up by exhibit demo: what this is, in words. Read it first');

/**
 * Says that an answer is over generated data: as the first line of what a person reads, and on stderr where a program reads stdout, which stays
 * as it is. Over any other log nothing is said.
 * @param output `table` is read by a person on stdout; with any other it is said on stderr
 * @param origin of the log, or of all that were asked
 * @returns the field of a JSON answer
 */
export function tellGenerated(
  origin: string | readonly string[],
  output: string,
  { stdout, stderr }: Pick<Context, 'stdout' | 'stderr'>,
): { generated?: string } {
  const [warning] = [origin].flat().flatMap((one) => generatedWarning(one) ?? []);
  if (warning === undefined) return {};
  const sink = output === 'table' ? stdout : stderr;
  sink.write(sentence(warning, sink));
  return { generated: warning };
}
