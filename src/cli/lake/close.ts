import { recordGaps } from '../../audit/index.ts';
import { closeDay, daysOf, lakeStatus } from '../../lake/index.ts';
import { DAY_MILLISECONDS, dayOf, ExhibitError, plural, shellWord } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { openWriter, remember } from '../ledger/memory.ts';
import { progress } from '../terminal/progress.ts';
import { sentence } from '../terminal/table.ts';
import { printable } from '../terminal/text.ts';

/** Closes one day, or each that is over and open. */
export async function close(
  folder: string,
  day: string | undefined,
  all: boolean,
  context: Context,
): Promise<ExitCode> {
  if ((day === undefined) !== all) {
    throw new ExhibitError('USAGE', 'name one day, or use --all', {
      hint: 'Example: exhibit lake close evidence 2026-11-22',
    });
  }
  const { clock } = context;
  const ledger = await openWriter(folder, context);
  try {
    const days = day === undefined ? await openDays(ledger, clock()) : [day];
    if (days.length === 0) context.stdout.write('no day is open and over\n');
    const bar = progress('closing days', context.stderr, clock);
    for (const [i, each] of days.entries()) {
      bar.update(i, days.length);
      const closed = await closeDay(ledger, each, { clock });
      const { rows, files, late, gaps } = closed.details;
      context.stdout.write(
        `${each} closed: ${rows} records, ${files} files, ${late} late, manifest at ${closed.log_index}\n`,
      );
      for (const key of closed.covered)
        context.stderr.write(
          sentence(
            `note: another object lay at ${key} in the bucket; it lies below ours now`,
            context.stderr,
          ),
        );
      for (const gap of gaps) context.stdout.write(`  gap: ${printable(gap.message)}\n`);
      if (closed.earlier_open.length > 0)
        context.stderr.write(`note: earlier days are still open: ${closed.earlier_open.join(', ')}\n`);
    }
    bar.end();
    if (days.length > 0) {
      // What is missing becomes a record by itself, each day.
      const { added } = await recordGaps(ledger, { now: clock() });
      if (added > 0)
        context.stdout.write(
          `${plural(added, 'new gap record')}: exhibit gaps --evidence ${shellWord(folder)}\n`,
        );
    }
    await remember(ledger, context);
    return EXIT.ok;
  } finally {
    await ledger.close();
  }
}

/** Days of the log before today that have no manifest; a day that is over for less than the grace time waits. */
async function openDays(ledger: Parameters<typeof lakeStatus>[0], now: number): Promise<string[]> {
  const { first_day, last_day, closed } = await lakeStatus(ledger);
  if (first_day === undefined || last_day === undefined) return [];
  const done = new Set(closed);
  const before = dayOf(now - 3_600_000 - DAY_MILLISECONDS);
  return daysOf({ from: first_day, to: last_day }).filter((day) => day <= before && !done.has(day));
}
