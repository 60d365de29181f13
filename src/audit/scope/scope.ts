import { z } from 'zod';
import { addDays, dayStart } from '../../lake/index.ts';
import type { CheckpointBody, LogReader } from '../../ledger/index.ts';
import { ExhibitError, fromHex } from '../../record/index.ts';
import { formatCheckpoint } from '../../verify/index.ts';

const day = z
  .string()
  .regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/, 'expected YYYY-MM-DD')
  .refine((text) => new Date(`${text}T00:00:00.000Z`).toJSON()?.startsWith(text) ?? false, 'no such day');

/** What an audit is about: one framework, and UTC days of `recorded_at`, both included. */
export const scopeSchema = z
  .strictObject({
    framework: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,62}$/, 'expected an id such as soc2'),
    from: day,
    to: day,
  })
  .refine(({ from, to }) => from <= to, 'the period ends before it begins');

export type Scope = z.infer<typeof scopeSchema>;

/**
 * Of an object with more than these three, such as flags, these three.
 * @param named how the caller was given one of them: a flag unless said
 * @throws ExhibitError USAGE: what is wrong with which of them, and what was given
 */
export function parseScope(
  { framework, from, to }: { framework: string; from: string; to: string },
  named: (name: string) => string = (name) => `--${name}`,
): Scope {
  const given = { framework, from, to };
  const parsed = scopeSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = issue?.path[0];
  const what =
    name === 'framework' || name === 'from' || name === 'to'
      ? `${named(name)} ${JSON.stringify(given[name].slice(0, 64))}`
      : `${named('from')} ${from}, ${named('to')} ${to}`;
  throw new ExhibitError('USAGE', `${what}: ${issue?.message ?? 'wrong'}`, {
    hint: 'A scope is one framework and two UTC days, such as soc2, 2026-01-01 and 2026-12-31.',
  });
}

export interface PeriodEnd extends CheckpointBody {
  /**
   * The body of a checkpoint (c2sp.org/tlog-checkpoint: origin, size, root in base64, each with a line feed) for the tree as it was
   * when the last day of the period was over. It is computed from the log's tiles; the signed one of today is consistent with it.
   */
  body: string;
  /** The log has records of a later day, so nothing can be added to the period any more. */
  over: boolean;
}

/**
 * The state of the log at the end of a period: all records whose `recorded_at` is before the day that follows. Where that day has
 * not come, it is the state of now, and `over` is false.
 */
export async function periodEnd(reader: LogReader, { to }: Pick<Scope, 'to'>): Promise<PeriodEnd> {
  const { origin, size: whole } = await reader.checkpoint();
  const size = await reader.firstAt(dayStart(addDays(to, 1)));
  const root = await reader.rootAt(size);
  return { origin, size, root, body: stateBody({ origin, size, root }), over: size < whole };
}

/** The text that a log signs of a state. @param state root in hexadecimal */
export function stateBody({ origin, size, root }: { origin: string; size: number; root: string }): string {
  return formatCheckpoint({ origin, size, root: fromHex(root), extensions: [] });
}
