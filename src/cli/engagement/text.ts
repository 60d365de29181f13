import type { Act, Engagement, Request } from '../../audit/index.ts';
import { plural, shellWord } from '../../record/index.ts';
import type { Sink } from '../context.ts';
import { sentence, table } from '../terminal/table.ts';
import type { EngagementAnswerDocument } from './schema.ts';

type Width = Pick<Sink, 'isTTY' | 'columns'>;

export function listText(engagements: readonly Engagement[], sink: Width): string {
  if (engagements.length === 0) return 'no engagement was opened\n';
  return table(
    [
      ['ENGAGEMENT', 'STATE', 'FRAMEWORK', 'FROM', 'TO', 'EXPIRES'],
      ...engagements.map(({ engagement, state, framework, from, to, expires }) => [
        ...[engagement, state, framework, from, to, expires],
      ]),
    ],
    sink,
  );
}

/** What an engagement is, and what was done in it. Texts in it are attacker-controlled: `table` makes them printable. */
export function engagementText(
  engagement: Engagement,
  acts: readonly Act[],
  requests: readonly Request[],
  sink: Width,
): string {
  const { framework, from, to, state, expires, closed, period_end, opened_at, log_index } = engagement;
  const facts = table(
    [
      ['engagement', engagement.engagement],
      ['scope', `${framework}, ${from} to ${to} (UTC days)`],
      ['auditor', engagement.auditor],
      ['state', closed === undefined ? state : `closed at ${closed.at}: ${closed.reason}`],
      ['opened', `${opened_at}, record ${log_index}`],
      ['expires', expires],
      [
        'period end',
        period_end.over
          ? `size ${period_end.size}, root ${period_end.root}`
          : `not over when it was opened (size ${period_end.size} then)`,
      ],
      ...(acts.length === 0 ? [] : [['on record', `${plural(acts.length, 'act')}: ${kindsOf(acts)}`]]),
    ],
    sink,
  );
  return [facts, ...requests.map((one) => requestText(one, sink))].join('\n');
}

/** `read 3, sample drawn 5`, in the order in which each kind came first. */
function kindsOf(acts: readonly Act[]): string {
  return [...Map.groupBy(acts, ({ kind }) => kind)].map(([kind, all]) => `${kind} ${all.length}`).join(', ');
}

function requestText({ record_id, asked_at, control, text, replies }: Request, sink: Width): string {
  return [
    sentence(`request ${record_id}, ${asked_at}${control === undefined ? '' : `, ${control}`}`, sink),
    sentence(`  ${text}`, sink),
    ...(replies.length === 0 ? ['  no reply yet\n'] : []),
    ...replies.map((reply) => sentence(`  reply, ${reply.at}: ${reply.text}`, sink)),
  ].join('');
}

/**
 * The answer for every control, what it rests on first.
 * @param asked flags with which a question is asked within it, as they are typed; undefined where DuckDB has no folder to read
 */
export function answerText(
  answer: EngagementAnswerDocument,
  asked: readonly string[] | undefined,
  sink: Width,
): string {
  const { trust, continuations, files, controls, overrides, gap_records, gaps, missing, read, complete } =
    answer;
  const expected = controls.filter(({ state }) => state !== 'nothing is expected');
  const unexpected = controls.filter(({ state }) => state === 'nothing is expected');
  const whole = expected.filter(({ state }) => state === 'evidence on each day expected').length;
  const out = [
    table(
      [
        ['engagement', answer.engagement],
        ['scope', `${answer.framework}, ${answer.from} to ${answer.to} (UTC days)`],
        ['log', `${trust.origin}, size ${trust.size}`],
        ['root', trust.root],
        ['level', trust.level],
        ['key', trust.key_from],
        ...continuations.map(({ of, size, root, proof }) => [
          'unchanged',
          `since ${of === 'opening' ? 'it was opened' : 'the end of the period'}: size ${size}, root ${root} (by a proof of length ${proof.length})`,
        ]),
        [
          'files',
          `${complete ? 'all read: ' : 'NOT ALL READ: '}${files.found} of ${files.expected} as their manifests say, byte for byte; ${files.rows_found} of ${files.rows_expected} rows; ${plural(files.closed_days, 'closed day')}`,
        ],
        ['evidence', evidenceWords(answer)],
        [
          'this read',
          'record_id' in read ? `is record ${read.record_id}` : `is NOT on record: ${read.not_recorded}`,
        ],
      ],
      sink,
    ),
    ...answer.caveats.map((caveat) => sentence(`NOTE  ${caveat}`, sink)),
    ...gaps.map(({ message }) => sentence(`GAP   ${message}`, sink)),
    ...missing.map(({ message }) => sentence(`MISSING  ${message}.`, sink)),
    '\n',
    table(
      [
        ['CONTROL', 'DAYS', 'PASS', 'FAIL', 'OF THEM WAIVED', 'ERROR', 'OTHER', 'STATE'],
        ...expected.map(({ control, days_with_evidence, days_expected, verdicts, failed, state }) => [
          control,
          `${days_with_evidence}/${days_expected}`,
          ...[verdicts.pass, failed, verdicts.waived, verdicts.error].map(String),
          String(verdicts.not_applicable + verdicts.not_evaluated),
          state,
        ]),
      ],
      sink,
    ),
    '\n',
    sentence(
      `Of ${plural(controls.length, 'control')}, policies are to give evidence on ${expected.length}; ${whole} of these had some on each day expected. ` +
        `${plural(overrides.listed, 'override')} in force or used, ${overrides.used} used; ${plural(gap_records, 'gap')} on record. ` +
        'DAYS: with a pass or a fail, of the closed days on which a policy was linked. FAIL has those that an override waived. ' +
        'OTHER: not applicable and not evaluated; neither is a pass.',
      sink,
    ),
    ...(unexpected.length === 0
      ? []
      : [
          sentence(
            `No policy is to give evidence on ${plural(unexpected.length, 'control')}: ${unexpected.map(({ control }) => control).join(', ')}.`,
            sink,
          ),
        ]),
    ...(asked === undefined
      ? []
      : [
          ['exhibit', 'report', 'completeness', ...asked],
          ...(expected[0] === undefined
            ? []
            : [
                [
                  ...['exhibit', 'query', 'verdicts-by-day'],
                  ...['--control', `${answer.framework}/${expected[0].control}`, ...asked],
                ],
              ]),
        ].map((words) => commandText(words.map(shellWord), sink))),
  ];
  return out.join('');
}

/** A command to go on with. One that is wider than the terminal goes on after a backslash: copied, it is the same command. */
function commandText(words: readonly string[], { isTTY, columns }: Width): string {
  const lines = ['next:'];
  for (const word of words) {
    const last = lines.at(-1) ?? '';
    if (isTTY && last.length + word.length + 3 > columns && last.trim() !== '') lines.push(`     ${word}`);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return `${lines.join(' \\\n')}\n`;
}

/** What of the period is known to be missing is another matter than whether its files could be read. */
function evidenceWords({ complete, missing }: EngagementAnswerDocument): string {
  const unseen = 'runs and numbers of sources were not looked at here';
  if (missing.length > 0) return `NOT COMPLETE: see MISSING; ${unseen}`;
  if (!complete) return 'NOT COMPLETE: see the gaps';
  return `no day without a record, and no gap on record; ${unseen}`;
}
