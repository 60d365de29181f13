import { type Coverage, findQuery } from '../../../lake/index.ts';
import {
  type AnswerView,
  actionForm,
  answerSections,
  messageSection,
  workSection,
} from '../../../web/index.ts';
import { isOpen, type Question } from '../ask/answers.ts';
import type { AnswerFacts } from '../ask/messages.ts';
import { SQL } from '../ask/request.ts';
import type { Model } from '../beside/messages.ts';
import { framed, linkTo, type Visit } from '../visit.ts';
import { formSection, nameOf } from './questions.ts';

/** Milliseconds that the engine may take, as `exhibit query` has it. */
const LIMIT = 60_000;
/** Gaps that a page lists. */
const MOST_GAPS = 100;

type Ready = Visit & { model: Model };

/** A question that was asked: how far it is, its answer, or why there is none. */
export function answerPage(found: Ready, question: Question): string {
  const { state } = question;
  switch (state.state) {
    case 'answered':
      return answered(found, question, state.facts);
    case 'failed':
      return failed(found, question, state);
    case 'waiting':
    case 'reading':
    case 'running':
      return working(found, question);
  }
}

function baseOf({ engagement }: Visit, { id }: Question): string {
  return `/portal/e/${engagement.engagement}/answer/${id}`;
}

function working(found: Ready, question: Question): string {
  const { session, portal, app } = found;
  const { state } = question;
  const facts =
    state.state === 'running'
      ? {
          what: 'The question runs, in seconds',
          done: Math.round((app.clock() - state.since) / 1_000),
          total: LIMIT / 1_000,
        }
      : state.state === 'reading'
        ? { what: 'Files compared with their manifests', done: state.done, total: state.total }
        : { what: 'Questions before it that are done', done: 0, total: portal.answers.ahead(question) };
  return framed(found, 'questions', {
    title: `Being answered: ${nameOf(question)}`,
    refresh: 2,
    sections: [
      workSection('How far it is', facts),
      {
        id: 'stop',
        title: 'Stop it',
        body: actionForm(`${baseOf(found, question)}/stop`, session.csrf, 'Stop'),
      },
    ],
  });
}

function failed(
  found: Ready,
  question: Question,
  { code, message, hint }: Extract<Question['state'], { state: 'failed' }>,
): string {
  const { request, again } = question;
  const template = request.name === undefined ? undefined : findQuery(request.name);
  const { control, from, to, sql, parameters } = request;
  const values = Array.isArray(parameters) ? { values: parameters as readonly string[] } : {};
  const given = {
    ...(control === undefined ? {} : { control }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(sql === undefined ? {} : { sql }),
    ...values,
  };
  return framed(found, 'questions', {
    title: `No answer: ${nameOf(question)}`,
    sections: [
      messageSection(`Why (${code})`, [message, ...(hint === undefined ? [] : [hint])]),
      ...(again === undefined ? [formSection(found, template, given)] : []),
    ],
  });
}

function answered(found: Ready, question: Question, facts: AnswerFacts): string {
  const { engagement, session } = found;
  const { answer, shown, csv, keepable, compared } = facts;
  const { coverage, row_count, truncated, result_digest, columns, query } = answer;
  const { again, saved, request } = question;
  const base = baseOf(found, question);
  const open = engagement.state === 'open';
  const { csrf } = session;
  const unknown = coverage.gaps.filter(({ kind }) => kind === 'no_expectation').map(({ message }) => message);
  const view: AnswerView = {
    complete: coverage.complete,
    facts: factsOf(facts),
    gaps: gapsOf(coverage),
    columns: columns.map(({ name }) => name),
    rows: shown.rows,
    ...{ row_count, cut: shown.cut, truncated: truncated?.message, digest: result_digest, text: query.text },
    download: { href: `${base}/csv`, bytes: csv.bytes },
    compared,
    // What was asked again has an outcome for the log where the first answer is in it.
    save:
      open && (again === undefined || again.record !== undefined)
        ? {
            ...{ action: `${base}/save`, csrf, keepable, outcome: again !== undefined },
            name: [request.name ?? SQL, request.control].filter(Boolean).join(' '),
          }
        : undefined,
    saved:
      saved === undefined
        ? undefined
        : {
            record_id: saved.record_id,
            href: saved.log_index === undefined ? undefined : linkTo(found, `record/${saved.log_index}`),
          },
    again: open ? { action: `${base}/again`, csrf } : undefined,
  };
  return framed(found, 'questions', {
    title: `Answer: ${nameOf(question)}`,
    warnings: unknown.map(
      (message) => `${message}${message.endsWith('?') ? '' : '.'} This is no answer about it.`,
    ),
    lead: [request.name === undefined ? 'A question in SQL.' : findQuery(request.name).question],
    sections: answerSections(view),
    footer: `Ask something else: ${found.portal.origin}${linkTo(found, 'questions')}`,
  });
}

function factsOf({ answer }: AnswerFacts): [string, string][] {
  const { query, coverage, ledger, scope } = answer;
  const { from_log, tail, from, to } = coverage;
  const values = Object.entries(query.parameters).map(([name, value]) => `${name}=${value}`);
  const count = (n: number) => n.toLocaleString('en-US');
  return [
    ['period', `${from} to ${to} (UTC)`],
    ...(values.length === 0 ? [] : [['with', values.join(', ')] as [string, string]]),
    ...(scope === undefined
      ? []
      : [
          [
            'scope',
            `rows of ${scope.framework} from ${scope.from} to ${scope.to} alone were in the engine`,
          ] as [string, string],
        ]),
    ['read', sourceOf(coverage)],
    ...(from_log.days.length === 0
      ? []
      : [
          [
            'open days',
            `${from_log.days.join(', ')}: ${count(from_log.records)} records read from the log`,
          ] as [string, string],
        ]),
    [
      'tail',
      `${count(tail.records)} records of the log are in no closed day${tail.since === undefined ? '' : ` (since ${tail.since})`}`,
    ],
    ...coverage.recorded_gaps.map(({ message, count: records, days }): [string, string] => [
      'recorded',
      `${message}: ${count(records)}, on ${days} ${days === 1 ? 'day' : 'days'}`,
    ]),
    ['log', `${ledger.origin}, size ${ledger.size}`],
    ['root', ledger.root],
  ];
}

function sourceOf({
  source,
  closed_days,
  expected,
  found,
  rows_expected,
  rows_found,
  checked,
  complete,
}: Coverage): string {
  const count = (n: number) => n.toLocaleString('en-US');
  switch (source) {
    case 'files':
      return `${complete ? 'all files read: ' : ''}${count(found)} of ${count(expected)}${complete ? '' : ' files'}, ${count(rows_found)} of ${count(rows_expected)} rows; ${
        checked === 'nothing to check' ? 'no file to compare' : `compared by ${checked}`
      }`;
    case 'manifests':
      return `${closed_days} day manifests in the log; no file of the lake`;
    case 'log':
      return 'records of the log; no file of the lake';
  }
}

function gapsOf({ gaps }: Coverage): AnswerView['gaps'] {
  const messages = gaps.map(({ message }) => message);
  return { lines: messages.slice(0, MOST_GAPS), more: Math.max(0, messages.length - MOST_GAPS) };
}

/** Whether a question is not done, so that its page only says how far it is. */
export function isUnderWay(question: Question | undefined): boolean {
  return question !== undefined && isOpen(question);
}
