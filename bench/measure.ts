import { spawnSync } from 'node:child_process';
import { showProgress } from './progress.ts';

/** One figure. `value` is a median unless the name says otherwise. */
export interface Row {
  name: string;
  value: number;
  unit: string;
  /** Largest resident set of the process that did it, in MB (10^6 bytes). */
  peak_rss_mb?: number;
  min?: number;
  max?: number;
  note?: string;
  /** How many records it was measured over. */
  records?: number;
}

export interface ProcessRun {
  seconds: number;
  /** Processor time, user and system. */
  cpu_seconds: number;
  peak_rss_mb: number;
  code: number | null;
  stdout: string;
}

/** Runs a program once under GNU time. Peak memory is the largest single process. */
export function runOnce(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): ProcessRun {
  const start = process.hrtime.bigint();
  const result = spawnSync('/usr/bin/time', ['-f', 'user=%U system=%S rss=%M', program, ...args], {
    encoding: 'utf8',
    env,
    maxBuffer: 512 * 1024 * 1024,
  });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (result.error) throw result.error;
  const [, user, system, rss] = /user=([\d.]+) system=([\d.]+) rss=(\d+)\s*$/.exec(result.stderr) ?? [];
  return {
    seconds,
    cpu_seconds: Number(user ?? 0) + Number(system ?? 0),
    peak_rss_mb: (Number(rss ?? 0) * 1024) / 1e6,
    code: result.status,
    stdout: result.stdout,
  };
}

/**
 * Runs programs in turn, A B C A B C ..., so that a machine that gets slower is slower for all of them.
 * @returns the runs of each, the first (warm-up) left out
 */
export function inTurn(
  runs: number,
  programs: readonly (() => ProcessRun)[],
  bar = showProgress('programs run'),
): ProcessRun[][] {
  const all: ProcessRun[][] = programs.map(() => []);
  for (let i = 0; i <= runs; i += 1) {
    programs.forEach((program, p) => {
      bar.update(i * programs.length + p, (runs + 1) * programs.length);
      const run = program();
      if (i > 0) all[p]?.push(run);
    });
  }
  bar.end();
  return all;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2;
}

/** Median, extremes and memory of some runs. */
export function summarize(name: string, runs: readonly ProcessRun[]): Row {
  const seconds = runs.map((run) => run.seconds);
  return {
    name,
    value: median(seconds),
    unit: 's',
    min: Math.min(...seconds),
    max: Math.max(...seconds),
    peak_rss_mb: Math.max(...runs.map((run) => run.peak_rss_mb)),
    note: `${median(runs.map((run) => run.cpu_seconds)).toFixed(2)} s of processor time`,
  };
}
