import { z } from 'zod';
import { answeredTime, query } from '../lake/index.ts';
import type { LedgerReader } from '../ledger/index.ts';
import { ExhibitError, formatInstant, isGenerated, SEVERITIES } from '../record/index.ts';
import type { GateRun } from './types.ts';
import { repositoryKey } from './values.ts';

const detailsSchema = z.object({
  fail_on: z.string().optional().catch(undefined),
  simulated: z.boolean().optional().catch(undefined),
  advisory: z.unknown().optional(),
  exit_code: z.int().optional().catch(undefined),
});

const ROWS = 1_000_000;

/**
 * The runs of gates in a log. What was made up for a demonstration is none.
 * @throws ExhibitError LAKE_FAILED where not all could be read: then nobody may be told that there was no run
 */
export async function gateRuns(reader: LedgerReader): Promise<GateRun[]> {
  const told = await query(reader, { name: 'gate-runs' }, { rowLimit: ROWS });
  const failing = await query(reader, { name: 'gate-run-failures' }, { rowLimit: ROWS });
  for (const { coverage } of [told, failing]) {
    const gap = coverage.gaps.find(({ kind }) => kind !== 'day_not_closed');
    if (gap !== undefined)
      throw new ExhibitError('LAKE_FAILED', `not every run of the log could be read: ${gap.message}`, {
        hint: 'Without all runs no merge can be called a bypass. exhibit lake close and exhibit lake rebuild mend the lake.',
      });
  }
  const policies = Map.groupBy(failing.rows, ([run, emitter]) => `${run}\n${emitter}`);
  return told.rows.flatMap((row) => {
    const cell = Object.fromEntries(told.columns.map(({ name }, at) => [name, row[at]]));
    const text = (name: string) => (typeof cell[name] === 'string' ? cell[name] : '');
    const number = (name: string) => Number(cell[name] ?? 0);
    const said: unknown = cell.details == null ? {} : JSON.parse(text('details'));
    if (isGenerated(said)) return [];
    const details = detailsSchema.parse(said);
    const ext = json(text('ext'));
    return {
      record_id: text('record_id'),
      log_index: number('log_index'),
      recorded_at: formatInstant(answeredTime(text('recorded_at'))),
      repository: repositoryKey(text('repository')),
      commit: text('commit'),
      change: text('change'),
      run_total: number('run_total'),
      arrived: number('arrived'),
      numbers: number('numbers'),
      judged: number('judged'),
      undecided: number('undecided'),
      blocking: blockingFrom(details.fail_on)
        .map((severity) => number(`blocks_${severity}`))
        .reduce((sum, count) => sum + count, 0),
      failing: (policies.get(`${cell.run_id}\n${cell.emitter}`) ?? []).map(([, , policy]) => String(policy)),
      simulated: details.simulated === true || ext.simulated === true,
      advisory: (details.advisory ?? false) !== false || details.fail_on === 'none',
      exit_code: details.exit_code,
      level: text('actor_verified_by') || 'none',
    };
  });
}

/** Severities at which a run blocked. One that does not say it is held to all. */
function blockingFrom(failOn: string | undefined): readonly string[] {
  if (failOn === 'none') return [];
  const at = (SEVERITIES as readonly (string | undefined)[]).indexOf(failOn);
  return at < 0 ? SEVERITIES : SEVERITIES.slice(0, at + 1);
}

function json(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
