import { resolve } from 'node:path';
import {
  type FrameworkCoverage,
  findCompiler,
  frameworkCoverage,
  isDay,
  readRepository,
} from '../../policy/index.ts';
import { ExhibitError, formatLocation } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { call } from '../terminal/call.ts';
import { printable } from '../terminal/text.ts';
import { coverageText } from './coverage-text.ts';

export interface CoverageFlags {
  framework?: string;
  on?: string;
  all?: boolean;
  output: 'table' | 'json';
}

/** How much of each framework has automated evidence. Incomplete (exit 3) where a part of the repository cannot be read. */
export async function coverage(folder: string, flags: CoverageFlags, context: Context): Promise<ExitCode> {
  const day = flags.on ?? new Date(context.clock()).toISOString().slice(0, 10);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || !isDay(day))
    throw new ExhibitError('USAGE', `${JSON.stringify(day)} is no day`, { hint: 'Such as 2026-11-30.' });
  const repository = await readRepository(resolve(context.cwd, folder), {
    opa: await findCompiler(context.env),
  });
  const all = frameworkCoverage(repository, day);
  const frameworks = chosen(all, flags.framework, folder);
  const problems = repository.problems
    .filter(({ severity }) => severity === 'error')
    .map(({ location, message }) => printable(`${formatLocation(location)}: ${message}`));
  if (flags.output === 'json') {
    context.stdout.write(`${JSON.stringify({ schemaVersion: 1, day, frameworks, problems }, null, 2)}\n`);
  } else {
    const width = Math.min(context.stdout.columns, 80);
    const on = flags.on === undefined ? [] : ['--on', flags.on];
    const more = (framework: string) =>
      call('exhibit policy coverage', folder, '--framework', framework, ...on, '--all');
    const all = flags.all === true;
    context.stdout.write(`${coverageText(frameworks, { day, width, all, more }).join('\n')}\n`);
  }
  if (problems.length === 0) return EXIT.ok;
  context.stderr.write(
    `The counts are not complete: ${problems.length} errors in the repository, the first:\n  ${problems[0]}\nSee ${call('exhibit policy lint', folder)}.\n`,
  );
  return EXIT.incomplete;
}

function chosen(
  all: readonly FrameworkCoverage[],
  wanted: string | undefined,
  folder: string,
): FrameworkCoverage[] {
  const found = all.filter(({ framework }) => wanted === undefined || framework === wanted);
  if (found.length > 0) return found;
  const there = all.map(({ framework }) => framework).join(', ');
  throw new ExhibitError(
    'NOT_FOUND',
    wanted === undefined
      ? `no framework in ${folder}`
      : `no framework ${JSON.stringify(wanted)} in ${folder}`,
    { hint: there === '' ? 'Write frameworks/<id>.yaml.' : `There are: ${there}.` },
  );
}
