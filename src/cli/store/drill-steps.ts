import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { closedDays, query, rebuildLake } from '../../lake/index.ts';
import { openReader, type VerifiedLedger } from '../../ledger/index.ts';
import { plural } from '../../record/index.ts';
import { blobProblems, checkLake, type Known } from './bring-back.ts';
import type { Place } from './place.ts';

/** What a step of a drill found. */
export interface Finding {
  result: 'ok' | 'not_ok' | 'not_known';
  text: string;
}

/** The first of several, with how many there are. */
function first(problems: readonly string[]): string {
  const [one = ''] = problems;
  return problems.length > 1 ? `${one}, and ${problems.length - 1} more` : one;
}

export function checkBlobs(verified: VerifiedLedger): Finding {
  const problems = blobProblems(verified);
  if (problems.length > 0) return { result: 'not_ok', text: first(problems) };
  return { result: 'ok', text: 'each blob that a record names is there and has its digest' };
}

/** Whether the copy has all that anybody has seen, as far as that is known. */
export function checkNewest({ covered, newest }: Known, size: number): Finding {
  if (newest !== undefined)
    return {
      result: 'not_ok',
      text: `a checkpoint of ${newest} records is known: the copy lacks at least ${newest - size} of them`,
    };
  if (covered.length === 0)
    return { result: 'not_known', text: 'no checkpoint from elsewhere was given: --known' };
  return { result: 'ok', text: `contains ${plural(covered.length, 'checkpoint')} known from elsewhere` };
}

/** What is said of objects that were taken from below what lies over them in the bucket. */
export function fromBelow(keys: readonly string[]): string {
  return keys.length === 0 ? '' : `; from below what lies over them: ${first(keys)}`;
}

export async function compareLake(folder: string, place: Pick<Place, 'versions'>): Promise<Finding> {
  const { days, files, removed, below, problems } = await checkLake(folder, place);
  if (problems.length > 0) return { result: 'not_ok', text: first(problems) };
  if (days === 0) return { result: 'not_known', text: 'no day is closed' };
  const more = removed.length === 0 ? '' : `; ${plural(removed.length, 'file')} that no manifest names`;
  return {
    result: 'ok',
    text: `${plural(days, 'day')}, ${plural(files, 'file')} as their manifests say${more}${fromBelow(below)}`,
  };
}

/**
 * Takes the files of some closed days away and makes them anew from the log: first, last, and between them evenly.
 * Where another DuckDB closed them the bytes cannot be compared.
 */
export async function rebuildSample(folder: string, most: number): Promise<Finding & { days: string[] }> {
  const reader = await openReader(folder);
  try {
    const closed = await closedDays(reader);
    if (closed.length === 0) return { days: [], result: 'not_known', text: 'no day is closed' };
    const days = sample(closed, most);
    for (const name of ['fact', 'daily_counts', 'evidence'])
      await rm(join(folder, name), { recursive: true, force: true });
    const { days: rebuilt } = await rebuildLake(reader, { days });
    const other = rebuilt.filter(({ outcome }) => outcome === 'other_version').map(({ day }) => day);
    if (other.length > 0)
      return {
        days,
        result: 'not_known',
        text: `${plural(other.length, 'day')} closed by another version: rows compared, bytes not comparable`,
      };
    const files = rebuilt.reduce((sum, { restored }) => sum + restored.length, 0);
    return {
      days,
      result: 'ok',
      text: `${plural(days.length, 'day')} of ${closed.length} made anew from the log: ${plural(files, 'file')}, the same bytes`,
    };
  } finally {
    await reader.close();
  }
}

/** So many of a sorted list, evenly, with the first and the last. */
export function sample(days: readonly string[], most: number): string[] {
  if (days.length <= most) return [...days];
  if (most === 1) return days.slice(-1);
  const at = (i: number) => days[Math.round((i * (days.length - 1)) / (most - 1))] ?? '';
  return Array.from({ length: most }, (_, i) => at(i));
}

/** Answers a saved query over the last closed day, whose files the step before has made. */
export async function answerQuery(
  folder: string,
  { query: name, framework, control }: { query: string; framework?: string; control?: string },
): Promise<Finding> {
  const reader = await openReader(folder);
  try {
    const last = (await closedDays(reader)).at(-1);
    if (last === undefined) return { result: 'not_known', text: 'no day is closed' };
    const answer = await query(reader, {
      name,
      ...{ from: last, to: last },
      ...(framework === undefined ? {} : { framework }),
      ...(control === undefined ? {} : { control }),
    });
    const { coverage, row_count, result_digest } = answer;
    const text = `${name} of ${last}: ${plural(row_count, 'row')}, ${result_digest}`;
    if (coverage.complete) return { result: 'ok', text };
    return { result: 'not_ok', text: `${text}; not complete: ${coverage.gaps[0]?.message ?? ''}` };
  } finally {
    await reader.close();
  }
}
