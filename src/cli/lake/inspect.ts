import {
  type LakeProblem,
  type LakeVerification,
  lakeStatus,
  rebuildLake,
  verifyLake,
} from '../../lake/index.ts';
import { openReader } from '../../ledger/index.ts';
import { plural, shellWord } from '../../record/index.ts';
import type { Context, Sink } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { progress } from '../terminal/progress.ts';
import { sentence, table } from '../terminal/table.ts';
import { printable } from '../terminal/text.ts';

/** Prints what is closed and what is not. */
export async function status(folder: string, json: boolean, context: Context): Promise<ExitCode> {
  const found = await lakeStatus(await openReader(folder));
  if (json) context.stdout.write(`${JSON.stringify({ schemaVersion: 1, ...found }, null, 2)}\n`);
  else {
    const periods = found.missing_periods
      .map(({ from, to }) => (from === to ? from : `${from} to ${to}`))
      .join(', ');
    const rows = [
      ['log', `${found.ledger.origin}, ${found.ledger.size} records`],
      [
        'days with records',
        found.first_day === undefined ? 'none' : `${found.first_day} to ${found.last_day ?? ''}`,
      ],
      ['closed', String(found.closed.length)],
      ['over but not closed', periods === '' ? 'none' : periods],
      [
        'tail not closed',
        `${found.tail.records} records${found.tail.from_day === undefined ? '' : ` since ${found.tail.from_day}`}`,
      ],
      [
        'files',
        `${found.files.found} of ${found.files.expected}${found.files.purged === 0 ? '' : ` (${found.files.purged} purged)`}, ${found.files.rows} rows, ${found.files.bytes} bytes`,
      ],
    ];
    context.stdout.write(table(rows, context.stdout));
    const { expected, purged } = found.files;
    printMissing(folder, found.problems, expected - purged, context);
  }
  return found.problems.length === 0 ? EXIT.ok : EXIT.incomplete;
}

/** Compares files with manifests. Exit 3 when no day is closed: nothing was verified. */
export async function verify(folder: string, days: readonly string[], context: Context): Promise<ExitCode> {
  const bar = progress('verifying days', context.stderr, context.clock);
  const result = await verifyLake(await openReader(folder), {
    ...(days.length === 0 ? {} : { days }),
    progress: bar.update,
  });
  bar.end();
  const count = result.problems.length;
  context.stdout.write(
    result.days === 0 && days.length === 0
      ? 'no day is closed: nothing was verified\n'
      : `${plural(result.days, 'day')}, ${plural(result.files, 'file')}, ${result.bytes} bytes: ${plural(count, 'difference')} from the manifests\n`,
  );
  const purged = result.purged.reduce((sum, { files }) => sum + files, 0);
  printMissing(folder, result.problems, result.files - purged, context);
  printPurged(result.purged, context.stdout);
  if (count > 0) return EXIT.violation;
  return result.days === 0 ? EXIT.incomplete : EXIT.ok;
}

/** Writes closed days anew from the log. */
export async function rebuild(folder: string, days: readonly string[], context: Context): Promise<ExitCode> {
  const bar = progress('rebuilding days', context.stderr, context.clock);
  const result = await rebuildLake(await openReader(folder), {
    ...(days.length === 0 ? {} : { days }),
    progress: bar.update,
  });
  bar.end();
  if (result.days.length === 0) context.stdout.write('no day is closed: there is nothing to rebuild\n');
  for (const { day, outcome, restored, uploaded } of result.days) {
    const words = {
      same: 'the log gives the same bytes',
      other_version: 'closed by another version: rows compared, bytes not comparable',
      differs: 'the log does not give what the manifest names',
    };
    context.stdout.write(
      `${day}: ${words[outcome]}${restored.length === 0 ? '' : `; ${plural(restored.length, 'file')} restored`}${uploaded.length === 0 ? '' : `; ${plural(uploaded.length, 'object')} uploaded`}\n`,
    );
  }
  printProblems(result.problems, context);
  return result.problems.length === 0 ? EXIT.ok : EXIT.violation;
}

/** One line a tombstone. */
export function printPurged(purged: LakeVerification['purged'], stdout: Sink): void {
  for (const { day, files, reason, log_index } of purged)
    stdout.write(
      `  purged: ${plural(files, 'file')} of ${day}: ${printable(reason)} (tombstone at record ${log_index})\n`,
    );
}

/** One line for each; where every file is missing, as in a folder that took over, one line a day. And what makes them anew. */
function printMissing(
  folder: string,
  problems: readonly LakeProblem[],
  expected: number,
  context: Context,
): void {
  const missing = problems.filter(({ kind }) => kind === 'missing');
  if (missing.length === 0 || missing.length !== problems.length || missing.length !== expected)
    printProblems(problems, context);
  else
    for (const [day, files] of Map.groupBy(missing, (one) => one.day ?? ''))
      context.stdout.write(`  missing: each of the ${plural(files.length, 'file')} of ${day}\n`);
  if (missing.length > 0)
    context.stdout.write(
      sentence(`  next: the log has all of it: exhibit lake rebuild ${shellWord(folder)}`, context.stdout),
    );
}

/** One line for each. */
export function printProblems(problems: readonly LakeProblem[], context: Context): void {
  for (const { kind, message } of problems) context.stdout.write(`  ${kind}: ${printable(message)}\n`);
}
