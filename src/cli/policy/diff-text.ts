import type { Area } from '../../policy/index.ts';
import { plural } from '../../record/index.ts';
import { columns, printable, wrap } from '../terminal/text.ts';
import type { DiffReport } from './diff-schema.ts';

const TITLES: Readonly<Record<Area, string>> = {
  policy: 'policies',
  rule: 'rules',
  'control-map': 'checks of other tools',
  framework: 'frameworks',
  override: 'overrides',
  release: 'release',
};
const MARK = { added: '+', removed: '-', changed: '~' } as const;

/** The comparison as text, at most `width` columns wide. What makes the policies weaker says so on its line. */
export function diffText({ old, new: now, changes, rules, summary }: DiffReport, width: number): string[] {
  const head = columns([
    ['old', old.named, old.kind, old.revision, plural(old.policies, 'policy').replace('policys', 'policies')],
    ['new', now.named, now.kind, now.revision, plural(now.policies, 'policy').replace('policys', 'policies')],
  ]);
  if (changes.length === 0) return [...head, '', 'no difference in what the policies say or do'];
  const areas = [...Map.groupBy(changes, ({ area }) => area)];
  return [
    ...head,
    ...areas.flatMap(([area, all]) => ['', TITLES[area], ...subjects(all, width)]),
    ...(rules === undefined ? [] : ['', ...rules.trimEnd().split('\n').map(printable)]),
    '',
    ...wrap(
      `${plural(summary.changes, 'change')}: ${summary.weaker} make the policies weaker, of ${summary.unknown} the effect is not known from the text (exhibit policy impact shows it)`,
      width,
    ),
  ];
}

function subjects(changes: DiffReport['changes'], width: number): string[] {
  return [...Map.groupBy(changes, ({ id }) => id)].flatMap(([id, all]) => [
    `${MARK[all[0]?.kind ?? 'changed']} ${printable(id)}`,
    ...all.flatMap(({ effect, words }) =>
      wrap(printable(words), width - 13).map(
        (line, i) => `    ${(i === 0 && effect !== 'neutral' ? effect : '').padEnd(8)} ${line}`,
      ),
    ),
  ]);
}
