import { targetName } from '../../audit/index.ts';
import { plural } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { tellGenerated } from '../generated.ts';
import { coverageLines } from '../query/answer.ts';
import { inertJson } from '../terminal/json.ts';
import { sentence, table } from '../terminal/table.ts';
import type { ReconcileFacts } from './facts.ts';
import { populationReconcileSchema } from './schema.ts';

/** Most of one kind that are shown; what is left out is counted, and `-o json` has all. */
const MOST = 50;

export function showReconciled(
  facts: ReconcileFacts,
  output: 'table' | 'json',
  context: Pick<Context, 'stdout' | 'stderr'>,
): void {
  const { stdout } = context;
  const generated = tellGenerated(facts.population.ledger.origin, output, context);
  if (output === 'json') {
    stdout.write(`${inertJson(document(facts, generated), 2)}\n`);
    return;
  }
  const { population, from, found, recorded } = facts;
  const { scope, target } = population;
  const { both, without_item, only_source, only_log, unread } = found;
  stdout.write(table([['population', targetName(scope, target)]], stdout));
  stdout.write(`${coverageLines(population.coverage, Math.min(stdout.columns, 80)).join('\n')}\n`);
  const rows = [
    ['compared with', from.source],
    ['in both', `${both.length}, of them ${without_item} in runs that judged nothing for it`],
    ['only there', String(only_source.length)],
    ['only in the log', String(only_log.length)],
    ['unknown', String(unread.length)],
    ['recorded', `${recorded.record_id}, index ${recorded.log_index}`],
  ];
  stdout.write(`${table(rows, stdout)}\n`);
  const say = (lines: readonly string[]) => {
    for (const line of lines.slice(0, MOST)) stdout.write(sentence(line, stdout));
    if (lines.length > MOST) stdout.write(`and ${lines.length - MOST} more: -o json has all\n`);
  };
  say(only_source.map(({ id, at, what, where }) => `NOT IN THE LOG: ${id}, ${what}, ${at} (${where})`));
  say(only_log.map(({ id, keys }) => `only in the log: ${id} (${keys.join(', ')})`));
  say(unread.map((why) => `unknown: ${why}`));
  say(from.left.map(({ reason, count }) => `not compared: ${plural(count, 'event')} ${reason}`));
}

function document(
  { population, from, found, digests, covers, recorded, exit_code }: ReconcileFacts,
  generated: { generated?: string },
) {
  const { scope, target, coverage, items, digest } = population;
  return populationReconcileSchema.parse({
    schemaVersion: 1,
    ...generated,
    scope,
    ...target,
    coverage,
    source: from.source,
    exports: digests,
    covers,
    population: { count: items.length, digest },
    both: found.both.length,
    without_item: found.without_item,
    only_source: found.only_source.map(({ keys: _, ...one }) => one),
    only_log: found.only_log.map(({ own: _, keys, ...one }) => ({ ...one, keys: [...keys] })),
    left: [...from.left],
    unread: found.unread,
    recorded,
    exit_code,
  });
}
