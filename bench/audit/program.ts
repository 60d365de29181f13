import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ProcessRun, type Row, runOnce } from '../measure.ts';

export interface Place {
  folder: string;
  records: number;
  whole: { from: string; to: string };
  quarter: { from: string; to: string };
  temporary: string;
}

export const EXHIBIT = join(import.meta.dirname, '..', '..', 'bin', 'exhibit.js');

/** The program as an auditor and the team start it: an engagement opened and answered, its pack written and verified. Once each. */
export function benchProgram({ folder, whole, quarter, temporary }: Place): Row[] {
  const exhibit = programIn(temporary);
  const evidence = ['--evidence', folder];
  const vkey = join(
    folder,
    'keys',
    readdirSync(join(folder, 'keys')).find((name) => name.endsWith('.vkey')) ?? '',
  );

  const year = openEngagement(exhibit, folder, whole);
  const answer = exhibit('engagement', 'answer', year.id, ...evidence, '--vkey', vkey, '-o', 'json');
  const { id } = openEngagement(exhibit, folder, quarter);
  const out = join(temporary, 'quarter.zip');
  const pack = exhibit('pack', id, ...evidence, '--out', out, '-o', 'json');
  const { files, bytes, incomplete } = JSON.parse(pack.stdout) as {
    files: number;
    bytes: number;
    incomplete: string[];
  };
  const verify = exhibit('verify', 'pack', out, '--vkey', vkey);
  const size = `${Math.round(statSync(out).size / 1e6)} MB`;
  return [
    row('`engagement open` and `engagement answer` of all days', [year.made, answer], `exit ${answer.code}`),
    row(
      '`pack` of a quarter of one framework',
      [pack],
      `${files} files, ${bytes === statSync(out).size ? size : 'LENGTHS DIFFER'}, exit ${pack.code}; ${incomplete.length} answers not complete`,
    ),
    row('`verify pack` of it', [verify], `exit ${verify.code}`),
  ];
}

function row(name: string, runs: readonly ProcessRun[], note: string): Row {
  const sum = (of: (run: ProcessRun) => number) => runs.reduce((total, run) => total + of(run), 0);
  return {
    name,
    value: sum(({ seconds }) => seconds),
    unit: 's',
    peak_rss_mb: Math.max(...runs.map(({ peak_rss_mb }) => peak_rss_mb)),
    note: `${sum(({ cpu_seconds }) => cpu_seconds).toFixed(1)} s of processor; ${note}`,
  };
}

/** Runs the program with a state of its own. */
export function programIn(temporary: string): (...args: string[]) => ProcessRun {
  const env = { ...process.env, XDG_STATE_HOME: join(temporary, 'state') };
  return (...args) => runOnce(process.execPath, [EXHIBIT, ...args], env);
}

/** @throws Error where no engagement was opened */
export function openEngagement(
  exhibit: ReturnType<typeof programIn>,
  folder: string,
  { from, to }: Place['whole'],
): { made: ProcessRun; id: string } {
  const made = exhibit(
    ...['engagement', 'open', '--evidence', folder, '--framework', 'soc2', '--from', from, '--to', to],
    ...['--auditor', 'A. Auditor', '-o', 'json'],
  );
  const [id] = /eng-[0-9a-f]{16}/.exec(made.stdout) ?? [];
  if (id === undefined) throw new Error(`no engagement was opened: ${made.stdout}`);
  return { made, id };
}
