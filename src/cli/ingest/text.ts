import { formatLocation, plural } from '../../record/index.ts';
import type { Sink } from '../context.ts';
import { sentence, table } from '../terminal/table.ts';
import type { ReportResult } from './one.ts';
import { populationOf, type Unread } from './report.ts';

type Where = Pick<Sink, 'isTTY' | 'columns'>;

/** Most lines of one kind; what is left out is counted, and `-o json` has all. */
const MOST = 10;

/** What became of each report, for a person. */
export function ingestText(
  results: readonly ReportResult[],
  unread: readonly Unread[],
  mapped: boolean,
  sink: Where,
): string {
  const parts = results.flatMap((result) => [...oneReport(result, mapped, sink), '\n']);
  const failed = unread.map(({ report, error }) =>
    sentence(
      `${formatLocation({ file: report, ...error.location })}: not read: ${error.message}${error.hint === undefined ? '' : `. ${error.hint}`}`,
      sink,
    ),
  );
  return [...parts, ...failed].join('').replace(/\n+$/, '\n');
}

function oneReport(result: ReportResult, mapped: boolean, sink: Where): string[] {
  const { report, source, why, also, facts, counts, suppressed, problems, unmapped } = result;
  const version = facts.tool_version === undefined ? '' : ` ${facts.tool_version}`;
  const others = also.length === 0 ? '' : ` (${also.join(', ')} would take it, too)`;
  const rows = [
    ['report', report],
    ['format', `${source.id}, because ${why}${others}`],
    ['tool', `${facts.tool ?? source.tool}${version}`],
    ['decisions', `${result.decisions}: ${countsText(counts)}`],
    ['population', POPULATION[populationOf(result)] ?? 'unknown'],
  ];
  if (suppressed > 0)
    rows.push([
      'suppressed',
      `${suppressed} within the tool: overrides without a sunset, which do not apply`,
    ]);
  if (mapped && unmapped.size > 0)
    rows.push(['no control', `${plural(unmapped.size, 'check')}: ${some([...unmapped.keys()].sort())}`]);
  if (facts.note !== undefined) rows.push(['note', facts.note]);
  const shown = problems
    .slice(0, MOST)
    .map(({ message, line, file, hint }) =>
      sentence(
        `${formatLocation({ file: file ?? report, ...(line === undefined ? {} : { line }) })}: ${message}${hint === undefined ? '' : `. ${hint}`}`,
        sink,
      ),
    );
  if (problems.length > MOST) shown.push(`and ${problems.length - MOST} more problems: -o json has all\n`);
  return [table(rows, sink), ...shown];
}

const POPULATION: Readonly<Record<string, string>> = {
  all: 'passes are in the report',
  failures: 'only failures are in the report: what passed is not known',
};

function countsText(counts: ReportResult['counts']): string {
  const words = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name.replace('_', ' ')}`);
  return words.length === 0 ? 'none' : words.join(', ');
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, MOST).join(', ');
  return names.length <= MOST ? shown : `${shown} and ${names.length - MOST} more`;
}
