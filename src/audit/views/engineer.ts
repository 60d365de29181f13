import { addDays } from '../../lake/index.ts';
import type { DocumentFacts } from '../report/document/facts.ts';
import { documentFrame } from '../report/document/frame.ts';
import { code, table, text, when } from '../report/document/parts.ts';
import type { DocumentBlock, DocumentSection, ReportDocument } from '../report/document/types.ts';
import { lastKnownDay } from '../report/pictures/until.ts';
import { type Failing, isOf, MOST_LISTED, stillFailing } from './failing.ts';
import type { OpenFinding } from './types.ts';

/** Days before its sunset from which an override is listed. */
const SOON = 30;

/** For who mends things: what fails now, one's own first, how to mend it, and which overrides end soon. */
export function engineerView(facts: DocumentFacts): ReportDocument {
  const { report, findings, owner } = facts;
  const { lead, ...frame } = documentFrame('What is failing, and how to fix it', facts);
  const open = findings ?? [];
  const failing = stillFailing(report, open);
  const mine = open.filter((each) => isOf(each.owner, owner));
  const own = failing.filter((each) => isOf(each.owner, owner));
  const whose =
    owner === undefined
      ? 'No owner was named: all of it is listed, the most severe or the earliest due first.'
      : `Of ${owner}: ${mine.length} of ${open.length} open findings, ${own.length} of ${failing.length} failing subjects of the gates.`;
  return {
    ...frame,
    lead: [
      `Findings that are open now: ${open.length}. Subjects that failed last in the period at other layers: ${failing.length}. ${whose}`,
      ...lead,
    ],
    sections: [
      ...(owner === undefined ? [] : [section('mine', `Failing now: ${owner}`, mine, own, facts)]),
      section(
        'failing',
        owner === undefined ? 'Failing now' : 'Failing now: of others',
        open.filter((each) => !mine.includes(each)),
        failing.filter((each) => !own.includes(each)),
        facts,
      ),
      soonSection(facts),
    ],
  };
}

function section(
  id: string,
  title: string,
  findings: readonly OpenFinding[],
  failing: readonly Failing[],
  { findings: read, fixes }: DocumentFacts,
): DocumentSection {
  return {
    id,
    title,
    blocks: [
      ...(read === undefined ? [text('Findings were not read: nothing is said of what runs.')] : []),
      table(
        'Open findings',
        ['Finding', 'Severity', 'Subject', 'What', 'How to fix it', 'Since', 'Due', 'Owner', 'By', 'Where'],
        findings
          .slice(0, MOST_LISTED)
          .map((each) => [
            code(each.finding),
            each.severity,
            each.subject,
            `${each.policy}: ${each.message}`,
            each.fix === '' ? 'nobody said how' : each.fix,
            when(each.since),
            `${when(each.due)}${each.overdue ? ', OVERDUE' : ''}`,
            each.owner,
            each.owner_by,
            each.where,
          ]),
      ),
      ...more(findings.length),
      table(
        'Failed last in the period, by the policy’s owner',
        [
          'Subject',
          'Severity',
          'Policy',
          'What',
          'How to fix it',
          'Since',
          'Last',
          'Owner',
          'Controls',
          'Record',
        ],
        failing
          .slice(0, MOST_LISTED)
          .map((each) => [
            each.subject,
            each.severity,
            code(each.policy_id),
            each.message,
            fixes?.get(each.record_id) ?? (each.remediation === '' ? 'nobody said how' : each.remediation),
            when(each.since),
            when(each.last),
            each.owner,
            each.controls.join(', '),
            code(`${each.log_index} ${each.record_id}`),
          ]),
      ),
      ...more(failing.length),
    ],
  };
}

function more(count: number): DocumentBlock[] {
  return count <= MOST_LISTED
    ? []
    : [text(`${count - MOST_LISTED} more are not listed here: -o json has all.`)];
}

function soonSection({ report, owner }: DocumentFacts): DocumentSection {
  const until = addDays(lastKnownDay(report), SOON);
  const known = new Map(report.overrides.register.map((each) => [each.override_id, each]));
  const soon = report.overrides.ahead
    .filter(({ sunset }) => sunset.slice(0, 10) <= until)
    .map((each) => ({ ...each, told: known.get(each.override_id) }));
  const first = [...soon].sort(
    (a, b) => Number(isOf(b.told?.owner ?? '', owner)) - Number(isOf(a.told?.owner ?? '', owner)),
  );
  return {
    id: 'ending',
    title: 'Overrides that end soon',
    blocks: [
      text(
        `${soon.length} of ${report.overrides.ahead.length} overrides that are open end by ${until}. After its sunset an override is gone at every layer, and what it waived fails.`,
      ),
      table(
        `End within ${SOON} days`,
        ['Override', 'Policy', 'Sunset', 'Open since', 'Fails waived', 'Owner', 'Reason', 'Ticket'],
        first.map(({ override_id, sunset, since, told }) => [
          code(override_id),
          code(told?.policy_id ?? 'not known'),
          when(sunset),
          since,
          told?.uses ?? 0,
          told?.owner ?? '',
          told?.reason ?? '',
          told?.ticket ?? '',
        ]),
      ),
    ],
  };
}
