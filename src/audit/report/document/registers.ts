import { plural } from '../../../record/index.ts';
import { burnDownOf } from '../pictures/burn-down.ts';
import { heartbeatOf, hoursOf } from '../pictures/others.ts';
import type { AuditReport } from '../schema.ts';
import { code, dayWords, ownerWords, table, text, verificationWords, when } from './parts.ts';
import type { DocumentBlock, DocumentSection } from './types.ts';

/** @param limit most open overrides that the organisation allows */
export function overrideSections(report: AuditReport, limit?: number): DocumentSection[] {
  const { overrides } = report;
  return [
    { id: 'override-ages', title: 'Open overrides by age', blocks: ageBlocks(report, limit) },
    {
      id: 'overrides',
      title: 'Override register',
      blocks: [
        table(
          'In force or used in the period',
          [
            'Override',
            'Policy',
            'Owner',
            'Approver',
            'Reason',
            'Ticket',
            'Created',
            'Sunset',
            'Fails waived',
            'Subjects',
            'Register',
          ],
          overrides.register.map((each) => [
            code(each.override_id),
            code(each.policy_id ?? 'not known'),
            each.owner ?? '',
            each.approver ?? '',
            each.reason ?? '',
            each.ticket ?? '',
            each.created ?? '',
            each.sunset ?? '',
            each.uses,
            each.subjects,
            each.register,
          ]),
        ),
        text(
          'What a build refused, such as an override that its owner approved, is in no bundle and not on the log: exhibit override list shows it in the policy repository.',
        ),
        table(
          'Expired, and still matched',
          [
            'Override',
            'Fails that it would have matched',
            'Of them waived by a renewal: same policy and scope',
            'Not waived by one',
          ],
          overrides.expired_matched.map((each) => [
            code(each.override_id),
            each.matched,
            each.waived_by_renewal,
            each.matched - each.waived_by_renewal,
          ]),
        ),
        table(
          'Orphans: a run called them so, and none used them',
          ['Override'],
          overrides.orphans.map((id) => [code(id)]),
        ),
      ],
    },
  ];
}

/** How many are open, how old they are, and which end next. */
export function ageBlocks(report: AuditReport, limit?: number): DocumentBlock[] {
  const { days, without_dates } = report.overrides;
  const drawn = days.some(({ day: _day, ...counts }) => Object.values(counts).some((count) => count > 0));
  const rest =
    without_dates === 0
      ? []
      : [
          text(
            `${without_dates} records of overrides have no day of creation or sunset: no picture of days has them.`,
          ),
        ];
  return [
    ...(drawn ? burnDownOf(report, limit) : [text('No override was open on any day of the period.')]),
    ...rest,
  ];
}

/** @param apart what a verification came to is said beside the document, and not in it */
export function completenessSections(report: AuditReport, apart = false): DocumentSection[] {
  const { completeness, standing, checkpoint } = report;
  const { sources, gap_records, incomplete_runs } = completeness;
  const registered = standing.sources_expected;
  const own = sources.filter((each) => each.own).length;
  const others = sources.length - registered - own;
  return [
    {
      id: 'sources',
      title: 'Expected against seen',
      blocks: [
        text(
          `${registered === 0 ? 'No source is' : registered === 1 ? '1 source is' : `${registered} sources are`} expected by the policy repository. ${others === 0 ? 'No other one sent anything.' : `${plural(others, 'more source')} sent records, and nobody would miss ${others === 1 ? 'it' : 'them'}.`} ${own === 0 ? '' : `What Exhibit itself wrote, under ${plural(own, 'name')}, stands last: nobody is to register it. `}${dayWords(standing)}`,
        ),
        ...heartbeatOf(report),
        ...hoursOf(report),
        ...silenceBlocks(sources),
        table(
          'Sources',
          [
            'Source',
            'Owner',
            'Every',
            'Days with runs',
            'Of',
            'Missed',
            'Runs',
            'Records',
            'Late',
            'Numbers missing',
          ],
          sources.map((each) => [
            code(each.emitter),
            ownerWords(each),
            each.cadence ?? '',
            each.days_with_runs,
            each.days_expected ?? 'not by day',
            each.runs_missed === null || each.runs_missed === 0
              ? each.days_missed.join(', ')
              : plural(each.runs_missed, 'run'),
            each.runs,
            each.records,
            each.late,
            each.numbers_missing,
          ]),
        ),
      ],
    },
    {
      id: 'gaps',
      title: 'Gaps',
      blocks: [
        table(
          'Recorded gaps',
          ['Record', 'Source', 'Policy', 'What'],
          gap_records.map((each) => [
            code(`${each.log_index} ${each.record_id}`),
            code(each.emitter),
            code(each.policy_id ?? ''),
            each.message,
          ]),
        ),
        table(
          'Runs whose decisions did not all arrive',
          ['Run', 'Source', 'What'],
          incomplete_runs.map((each) => [code(each.run_id), code(each.emitter), each.problem]),
        ),
        text(
          `Late records: ${completeness.late}. Decisions that no control map places: ${completeness.unmapped_decisions}.`,
        ),
      ],
    },
    {
      id: 'checkpoint',
      title: 'What the checkpoint says',
      blocks: [
        table(
          'Checkpoint',
          ['What', 'Value'],
          [
            ['Log', code(checkpoint.origin)],
            ['Size', checkpoint.size],
            ['Root', code(checkpoint.root)],
            ['At the end of the period: size', checkpoint.period_end.size],
            ['At the end of the period: root', code(checkpoint.period_end.root)],
            ['Level reached', checkpoint.level],
            ...(apart ? [] : [['Verification', verificationWords(standing)]]),
          ],
        ),
      ],
    },
  ];
}

/** Most silences that are listed; more are said as a number. */
const MOST_SILENCES = 200;

/** Each time in which a source was silent for longer than its cadence, where that is shorter than a day. */
function silenceBlocks(sources: AuditReport['completeness']['sources']): DocumentBlock[] {
  if (sources.every(({ hours }) => hours === null)) return [];
  const all = sources.flatMap(({ emitter, hours }) =>
    (hours?.silences ?? []).map((silence) => ({ emitter, ...silence })),
  );
  const rest = all.length - MOST_SILENCES;
  return [
    table(
      'Silences of sources that should run more than once a day',
      ['Source', 'Last run', 'Overdue from', 'Next run', 'Minutes without a run', 'Runs missed'],
      all
        .slice(0, MOST_SILENCES)
        .map((each) => [
          code(each.emitter),
          each.last_run === null ? 'none in the period' : when(each.last_run),
          each.within_hour ? 'within that hour' : when(each.due),
          each.ended === null ? 'none until the end of what is known' : when(each.ended),
          each.within_hour ? `at most ${each.minutes}` : each.minutes,
          each.runs_missed,
        ]),
    ),
    ...(rest > 0 ? [text(`${rest} more silences are not listed here: -o json has all.`)] : []),
  ];
}

export function versionRows({ versions }: AuditReport) {
  return table(
    'Versions of the policies',
    ['Recorded', 'Repository', 'Revision', 'Bundle', 'Control map', 'Record', 'In force at the begin'],
    versions.map((each) => [
      when(each.recorded_at),
      each.lineage,
      code(each.revision.slice(0, 12)),
      code(each.bundle_digest),
      code(each.control_map_digest),
      code(`${each.log_index} ${each.record_id}`),
      each.in_force_at_begin ? 'yes' : 'no',
    ]),
  );
}
