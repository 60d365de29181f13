import { fittingQuestions, notWithin } from '../../../audit/index.ts';
import { QUERIES, type QueryTemplate, queryText } from '../../../lake/index.ts';
import { readableInstant } from '../../../record/index.ts';
import {
  actionForm,
  askSection,
  dataTable,
  html,
  type Markup,
  type QuestionField,
  questionList,
  type Section,
  textDetails,
} from '../../../web/index.ts';
import { KEPT, type Question } from '../ask/answers.ts';
import { SQL, takesControl, templateOf } from '../ask/request.ts';
import { MAY_READ } from '../ask/views.ts';
import { actsOf } from '../beside/books.ts';
import type { Model } from '../beside/messages.ts';
import { framed, linkTo, outside, type Visit } from '../visit.ts';

type Ready = Visit & { model: Model };

/** What can be asked, what was asked, and the questions that these pages rest on. */
export function questionsPage(found: Ready): string {
  const { model, engagement } = found;
  const { framework, from, to } = engagement;
  const may = QUERIES.filter((each) => notWithin(each) === undefined);
  const lines = (takes: 'must' | 'no') =>
    may
      .filter((each) => takesControl(each) === takes)
      .map((each) => ({ ...each, href: linkTo(found, `question/${each.name}`) }));
  return framed(found, 'questions', {
    title: 'Questions',
    lead: [
      `Ask the evidence yourself. Each question is held to ${framework}, ${from} to ${to}, and is asked of the log as these pages show it: size ${model.checkpoint.size}.`,
    ],
    sections: [
      {
        id: 'control',
        title: 'About one control',
        body: questionList('Questions about a control', lines('must')),
      },
      {
        id: 'framework',
        title: 'About all controls',
        body: questionList('Questions about the framework', lines('no')),
      },
      { id: 'own', title: 'In your own words', body: ownWords(found) },
      { id: 'session', title: 'What you asked', body: askedTable(found) },
      { id: 'saved', title: 'Saved answers of this engagement', body: savedTable(found) },
      { id: 'asked', title: 'Behind these pages', body: behindTable(found) },
      { id: 'not', title: 'Not asked here', body: notAsked() },
      {
        id: 'again',
        title: 'Ask with the command',
        body: html`<p>NAME is who you are in this engagement. Framework and period come from it, and the question is on its record.</p><pre tabindex="0"><code>${`exhibit query framework-verdicts --engagement ${engagement.engagement} --as NAME --evidence evidence`}</code></pre>`,
      },
    ],
  });
}

function ownWords(found: Ready): Markup {
  return html`<p><a class="big" href="${linkTo(found, `question/${SQL}`)}">Ask in SQL</a></p><p>One SELECT over the view <code>evidence</code>. Rows of other frameworks and other days are not in the engine that runs it. It has a minute, 2 GB of memory and 100,000 rows.</p>`;
}

const STATES = {
  waiting: 'waits',
  reading: 'being answered',
  running: 'being answered',
  failed: 'no answer',
} as const;

function askedTable({ portal, session, engagement }: Ready): Markup {
  const asked = portal.answers.list(session, engagement.engagement);
  if (asked.length === 0) return html`<p>Nothing yet in this session.</p>`;
  const rows = asked.map((each) => {
    const { state } = each;
    const answer = state.state === 'answered' ? state.facts.answer : undefined;
    return [
      html`<a href="/portal/e/${engagement.engagement}/answer/${each.id}">${nameOf(each)}</a>`,
      [each.request.control, each.request.from, each.request.to].filter(Boolean).join(', '),
      state.state === 'answered'
        ? `answered${each.saved === undefined ? '' : ', saved'}`
        : STATES[state.state],
      answer?.row_count ?? '',
      answer === undefined ? '' : answer.coverage.complete ? 'yes' : 'NO',
    ];
  });
  return html`${dataTable('Questions of this session, the newest first', ['Question', 'Asked about', 'State', 'Rows', 'Complete'], rows)}<p>The last ${KEPT} answers are kept until you sign out or the server starts again. A saved one is in the log.</p>`;
}

/** What people call a question: its name, or SQL. */
export function nameOf({ request, again }: Question): string {
  const name = again?.before.name === 'again' ? undefined : again?.before.name;
  const own = name ?? request.name ?? 'SQL';
  return again === undefined ? own : `${own}, again`;
}

const text = (value: unknown) =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

function savedTable({ book, session, engagement, portal }: Ready): Markup {
  const acts = actsOf(book).filter(({ kind }) => kind === 'query saved');
  if (acts.length === 0) return html`<p>None was saved yet.</p>`;
  const open = engagement.state === 'open';
  const rows = acts.map(({ record_id, recorded_at, details }) => {
    const { name, query, row_count, result_digest } = details as Record<string, unknown>;
    const asked = typeof query === 'object' && query !== null && 'name' in query ? text(query.name) : '';
    const action = `/portal/e/${engagement.engagement}/saved/${record_id}/again`;
    return [
      text(name),
      asked,
      readableInstant(recorded_at),
      text(row_count),
      html`<code class="long">${text(result_digest)}</code>`,
      open && portal.answers !== undefined ? actionForm(action, session.csrf, 'Ask again') : '',
    ];
  });
  return dataTable(
    'Saved answers, in the order of their records',
    ['Name', 'Question', 'Recorded (UTC)', 'Rows', 'Digest of the rows', 'Again'],
    rows,
  );
}

function behindTable({ model }: Ready): Markup {
  return html`<p>Asked again of the log at size ${model.checkpoint.size}, each gives rows of the same digest.</p>${dataTable(
    'Questions that these pages rest on, and their answers',
    ['Question', 'Rows', 'Complete', 'Digest of the rows'],
    model.questions.map(({ name, rows, complete, result_digest }) => [
      name,
      rows,
      complete ? 'yes' : 'NO',
      html`<code class="long">${result_digest}</code>`,
    ]),
  )}`;
}

/** No question is left out silently. */
function notAsked(): Markup {
  const rows = QUERIES.flatMap((each) => {
    const why = notWithin(each);
    return why === undefined ? [] : [[each.title, html`<code>${each.name}</code>`, why]];
  });
  return html`<p>These reach beyond one framework and period. The page on completeness says what of them concerns this audit; the team can ask them for you: write a request.</p>${dataTable('Questions that are not asked within an engagement', ['Question', 'Name', 'Why'], rows)}`;
}

/** The form of one question. @param name attacker-controlled @param control chosen already; attacker-controlled */
export function questionPage(found: Ready, name: string, control: string): string {
  const template = name === SQL ? undefined : templateOf(name);
  const { model } = found;
  if (control !== '' && !model.controls.some(({ id }) => id === control)) throw outside();
  return framed(found, 'questions', {
    title: template?.title ?? 'Ask in SQL',
    lead: [template?.question ?? SQL_LEAD],
    sections: [
      formSection(found, template, { control }),
      ...(template === undefined
        ? [{ id: 'views', title: 'What it can read', body: html`<p>${MAY_READ}</p>` }]
        : [{ id: 'text', title: 'Its text', body: textDetails('The SQL that is run', queryText(template)) }]),
    ],
  });
}

const SQL_LEAD =
  'One SELECT in the dialect that Athena and DuckDB share. The view evidence has the decisions, one row for each control.';

const EXAMPLE = `SELECT control, verdict, count(*) AS decisions
FROM evidence
GROUP BY 1, 2
ORDER BY 1, 2`;

/** The form, with what was chosen or written before. Values are attacker-controlled. */
export function formSection(
  found: Ready,
  template: QueryTemplate | undefined,
  given: { control?: string; from?: string; to?: string; sql?: string; values?: readonly string[] },
): Section {
  const { engagement, model, session } = found;
  const { from, to, framework } = engagement;
  const takes = takesControl(template);
  const all = takes === 'may' ? ([['', `All controls of ${framework}`]] as const) : [];
  const controls = model.controls.map(({ id, title }) => [id, `${id} ${title}`] as const);
  const days = { min: from, max: to };
  const fields: QuestionField[] = [
    ...(template === undefined ? sqlFields(given) : []),
    ...(takes === 'no'
      ? []
      : [
          {
            ...{ kind: 'choice' as const, name: 'control', label: 'Control', options: [...all, ...controls] },
            value: given.control ?? '',
          },
        ]),
    { kind: 'day', name: 'from', label: 'First day (UTC)', value: given.from ?? from, ...days },
    { kind: 'day', name: 'to', label: 'Last day (UTC)', value: given.to ?? to, ...days },
  ];
  const action = linkTo(found, `question/${template?.name ?? SQL}`);
  return askSection({ action: engagement.state === 'open' ? action : undefined, csrf: session.csrf, fields });
}

function sqlFields({
  sql = EXAMPLE,
  values = [],
}: {
  sql?: string;
  values?: readonly string[];
}): QuestionField[] {
  return [
    {
      ...{ kind: 'lines' as const, name: 'sql', label: 'Question', most: 32_768, code: true, value: sql },
      about: 'Rows of this framework and period alone are in the engine. Write ? where a value stands.',
    },
    {
      ...{
        kind: 'lines' as const,
        name: 'values',
        label: 'Values of ?',
        most: 16_384,
        value: values.join('\n'),
      },
      about: 'One a line, in the order of ?. Leave it empty where the question has none.',
    },
  ];
}

/** Links from the page of a control to what can be asked about it. */
export function controlQuestions(found: Ready, control: string): Section {
  const { framework } = found.engagement;
  const names = new Set(
    fittingQuestions(framework, control).flatMap(({ name, flags }) =>
      flags[0] === '--control' ? [name] : [],
    ),
  );
  const lines = QUERIES.filter((each) => names.has(each.name) && notWithin(each) === undefined);
  return {
    id: 'questions',
    title: 'Ask about this control',
    body: html`<ul>${lines.map(({ name, title }) => html`<li><a href="${linkTo(found, `question/${name}/${control}`)}">${title}</a></li>`)}<li><a href="${linkTo(found, `question/${SQL}/${control}`)}">Ask in SQL</a></li></ul>`,
  };
}
