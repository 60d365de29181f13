import { type LakeProblem, lakeStatus, rebuildLake, verifyLake } from '../../lake/index.ts';
import { openReader } from '../../ledger/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { progress } from '../terminal/progress.ts';
import { columns, printable } from '../terminal/text.ts';

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
        `${found.files.found} of ${found.files.expected}, ${found.files.rows} rows, ${found.files.bytes} bytes`,
      ],
    ];
    context.stdout.write(`${columns(rows).join('\n')}\n`);
    printProblems(found.problems, context);
  }
  return found.problems.length === 0 ? EXIT.ok : EXIT.incomplete;
}

/** Compares files with manifests. */
export async function verify(folder: string, days: readonly string[], context: Context): Promise<ExitCode> {
  const bar = progress('verifying days', context.stderr, context.clock);
  let done = 0;
  const result = await verifyLake(await openReader(folder), {
    ...(days.length === 0 ? {} : { days }),
    progress: () => bar.update(done++),
  });
  bar.end();
  context.stdout.write(
    `${result.days} days, ${result.files} files, ${result.bytes} bytes: ${result.problems.length} differ from their manifests\n`,
  );
  printProblems(result.problems, context);
  return result.problems.length === 0 ? EXIT.ok : EXIT.violation;
}

/** Writes closed days anew from the log. */
export async function rebuild(folder: string, days: readonly string[], context: Context): Promise<ExitCode> {
  const bar = progress('rebuilding days', context.stderr, context.clock);
  let done = 0;
  const result = await rebuildLake(await openReader(folder), {
    ...(days.length === 0 ? {} : { days }),
    progress: () => bar.update(done++),
  });
  bar.end();
  for (const { day, outcome, restored } of result.days) {
    const words = {
      same: 'the log gives the same bytes',
      other_version: 'closed by another DuckDB: rows compared, bytes not comparable',
      differs: 'the log does not give what the manifest names',
    };
    context.stdout.write(
      `${day}: ${words[outcome]}${restored.length === 0 ? '' : `; ${restored.length} files restored`}\n`,
    );
  }
  printProblems(result.problems, context);
  return result.problems.length === 0 ? EXIT.ok : EXIT.violation;
}

function printProblems(problems: readonly LakeProblem[], context: Context): void {
  for (const { kind, message } of problems) context.stdout.write(`  ${kind}: ${printable(message)}\n`);
}
