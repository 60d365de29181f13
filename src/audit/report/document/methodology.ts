import type { AuditReport } from '../schema.ts';
import { changeBlocks } from './control.ts';
import { code, foldedWhereLong, heading, sinceWords, startsLater, table, text } from './parts.ts';
import { versionRows } from './registers.ts';
import type { DocumentSection } from './types.ts';

/** Who may read, as a server is configured; undefined where no settings were given. */
export interface Readers {
  /** Digest of the settings file; undefined: the server that shows the page says what it runs with. */
  digest: string | undefined;
  callers: readonly { name: string; by: string; roles: readonly string[]; expires: string }[];
}

/** How the evidence was made: each statement with the record or digest that it rests on. */
export function methodologySections(report: AuditReport, readers: Readers | undefined): DocumentSection[] {
  return sectionsOf(report, readers).map((section) => ({
    ...section,
    blocks: section.blocks.map(foldedWhereLong),
  }));
}

function sectionsOf(report: AuditReport, readers: Readers | undefined): DocumentSection[] {
  const { controls, completeness, checkpoint } = report;
  const policies = new Map(
    controls.flatMap((control) => control.policies.map((policy) => [policy.policy_id, policy] as const)),
  );
  // A policy of several controls is seen once for each, as long as its link holds: the one that saw most is told.
  const layers = new Map<string, AuditReport['controls'][number]['layers'][number]>();
  for (const each of controls.flatMap(({ layers: all }) => all)) {
    const name = `${each.policy_id} ${each.layer} ${each.tool}`;
    if ((layers.get(name)?.decisions ?? -1) < each.decisions) layers.set(name, each);
  }
  const announced = new Map(report.versions.map((version) => [version.revision, version]));
  const recordOf = (revision: string) => {
    const version = announced.get(revision);
    return code(version === undefined ? 'not known' : `${version.log_index} ${version.record_id}`);
  };
  const rows = [...policies.values()].sort((a, b) => (a.policy_id < b.policy_id ? -1 : 1));
  const later = rows.filter((each) => startsLater(each, report));
  const unread = [
    ...(readers === undefined
      ? ['Who may read: no settings of a server were given (--server-settings).']
      : []),
    'What the operating system or a bucket lets others read is not on the record: see the trust policy of the bucket.',
    ...(report.versions.length === 0 ? ['Which policies were in force: no record announces a bundle.'] : []),
    ...rows
      .filter(({ text_digest }) => text_digest === undefined)
      .map(({ policy_id }) => `The text of ${policy_id}: its file is not in the list of the bundle.`),
  ];
  return [
    {
      id: 'policies',
      title: 'What each policy says',
      blocks: [
        ...(later.length === 0
          ? []
          : [
              text(
                `${later.length} of ${rows.length} policies say of themselves that they are in force since a day after the end of the period, ${report.scope.to}: by their own word they were not in force in it, though a bundle announced them before. They are marked below.`,
              ),
            ]),
        table(
          'Policies of the bundles in force at the end of the period',
          [
            'Policy',
            'Says',
            'In force since',
            'Severity',
            'Owner',
            'If it fails',
            'File',
            'Digest of the text',
            'Announced by',
          ],
          rows.map((each) => [
            code(each.policy_id),
            `${each.title}. ${each.says}`,
            sinceWords(each, report),
            each.severity,
            each.owner,
            each.remediation,
            code(each.file),
            code(each.text_digest ?? 'not known'),
            recordOf(each.revision),
          ]),
        ),
      ],
    },
    {
      id: 'runs',
      title: 'How and when it runs',
      blocks: [
        table(
          'Declared',
          ['Policy', 'Expected', 'Since', 'Modes', 'Announced by'],
          rows.map((each) => [
            code(each.policy_id),
            each.cadence,
            sinceWords(each, report),
            Object.entries(each.modes)
              .map(([layer, mode]) => `${layer}: ${mode}`)
              .join('; '),
            recordOf(each.revision),
          ]),
        ),
        text(`What was observed is the answer to ${answersOf(report, 'control-layers')}.`),
        table(
          'Observed in the period',
          ['Policy', 'Layer', 'Tool', 'First day', 'Last day', 'Days', 'Decisions'],
          [...layers.values()].map((each) => [
            code(each.policy_id),
            each.layer,
            each.tool,
            each.first_day,
            each.last_day,
            each.days,
            each.decisions,
          ]),
        ),
        text(
          `What sources sent is the answer to ${answersOf(report, 'sources-by-day')}; what is expected of them was announced with the policies.`,
        ),
        table(
          'Sources',
          ['Source', 'Every', 'Runs', 'Days with runs'],
          completeness.sources.map((each) => [
            code(each.emitter),
            each.cadence ?? 'not registered',
            each.runs,
            each.days_with_runs,
          ]),
        ),
      ],
    },
    {
      id: 'output',
      title: 'Where output lands',
      blocks: [
        text(
          `Each decision is a record of the log ${checkpoint.origin}: a leaf of its Merkle tree, numbered by its source. Inputs and rule texts lie beside it by their digests. Closed days are copied to the lake, one file a control and day, whose digests are in a manifest on the log.`,
        ),
      ],
    },
    {
      id: 'readers',
      title: 'Who may read',
      blocks:
        readers === undefined
          ? [text('Not found out: no settings of a server were given.')]
          : [
              text(
                readers.digest === undefined
                  ? 'As this server is configured now, by its own word. Who could read before it was started with these settings is not shown.'
                  : `As the settings of the server say, ${readers.digest}. Whether that server ran with them is not shown by this file.`,
              ),
              table(
                'Callers',
                ['Name', 'By', 'Roles', 'Until'],
                readers.callers.map((each) => [each.name, each.by, each.roles.join(', '), each.expires]),
              ),
            ],
    },
    {
      id: 'changes',
      title: 'What changed in the period',
      blocks: [versionRows(report), ...changeBlocks(report.changes, 'Changes of policies')],
    },
    {
      id: 'questions',
      title: 'What was asked',
      blocks: [
        table(
          'Saved questions, each to be asked again',
          ['Question', 'Rows', 'Complete', 'Digest of the answer'],
          report.questions.map((each) => [
            code(each.name),
            each.rows,
            each.complete ? 'yes' : 'no',
            code(each.result_digest),
          ]),
        ),
        heading('What could not be found out'),
        { kind: 'list', items: unread },
      ],
    },
  ];
}

/** A question by name, with the digest of its answer: whoever asks it again can compare. */
function answersOf({ questions }: AuditReport, name: string): string {
  const found = questions.find((each) => each.name === name);
  return found === undefined ? `${name}, which was not asked` : `${name}, ${found.result_digest}`;
}
