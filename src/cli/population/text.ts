import { notReconciled, targetName } from '../../audit/index.ts';
import { plural } from '../../record/index.ts';
import type { Sink } from '../context.ts';
import { coverageLines } from '../query/answer.ts';
import { sentence, table } from '../terminal/table.ts';
import { printable } from '../terminal/text.ts';
import type { PopulationFacts } from './facts.ts';

/** Most lines of one kind that are shown; what is left out is counted, and `-o json` has all. */
const MOST = 20;

/** Everything about a population that stands before a sample: the question, its count, what is missing, with what it was compared. */
export function populationText(facts: PopulationFacts, sink: Pick<Sink, 'isTTY' | 'columns'>): string {
  const { population, end, expected, open, reconciliations, reconciled, compared } = facts;
  const { scope, target, unit, items, rows, verdicts, digest, look_alikes } = population;
  const width = Math.min(sink.columns, 80);
  const counts = Object.entries(verdicts).map(([verdict, count]) => `${verdict} ${count}`);
  const parts = [
    table(
      [
        ['population', targetName(scope, target)],
        ['question', population.query.name],
      ],
      sink,
    ),
    `${coverageLines(population.coverage, width).join('\n')}\n`,
    table(
      [
        ['period end', `log size ${end.size}${end.over ? '' : ', NOT OVER'}`],
        ['items', `${items.length} (${unit === 'record' ? 'decisions' : 'subjects by policy'})`],
        ['decisions', `${rows.length}${counts.length === 0 ? '' : `: ${counts.join(', ')}`}`],
        ['digest', digest],
        [
          'expected',
          `${plural(expected.emitters_expected, 'emitter')}, ${plural(expected.gaps.length, 'gap')}`,
        ],
      ],
      sink,
    ),
    '\n',
  ];
  if (open.length > 0) parts.push(sentence('NOT KNOWN TO BE WHOLE:', sink));
  for (const why of open.slice(0, MOST)) parts.push(sentence(`- ${why}`, sink));
  if (open.length > MOST) parts.push(`and ${open.length - MOST} more: -o json has all\n`);
  for (const ids of look_alikes.slice(0, MOST))
    parts.push(sentence(`look alike, and are ${ids.length} items: ${ids.map(escaped).join(' and ')}`, sink));
  if (look_alikes.length > MOST)
    parts.push(`and ${look_alikes.length - MOST} more that look alike: -o json has all\n`);
  for (const one of reconciliations)
    parts.push(
      sentence(
        `compared with ${one.source} (record ${one.log_index}): ${one.both} in both, ${one.only_source} only there, ${one.only_log} only in the log, ${one.unknown} unknown`,
        sink,
      ),
    );
  parts.push(
    sentence(
      reconciled
        ? 'reconciled: the newest comparison with each source left nothing open'
        : compared.length === 0
          ? 'NOT RECONCILED: it was compared with no other source: see exhibit reconcile --help'
          : `${notReconciled(compared)}: it is not reconciled until a newer comparison leaves nothing open`,
      sink,
    ),
  );
  return parts.join('');
}

/** So that two ids which look the same are seen to differ. */
function escaped(id: string): string {
  return printable(id).replaceAll(/[^\x20-\x7e]/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`);
}
