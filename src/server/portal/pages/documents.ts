import { REPORT_OF_LAW } from '../../../audit/index.ts';
import { dataTable, html, Markup, type Section, workSection } from '../../../web/index.ts';
import { LATE, type Model, type RenderedPage } from '../beside/messages.ts';
import { framed, linkTo, outside, type Visit } from '../visit.ts';
import { controlQuestions } from './questions.ts';

const PLAIN: Readonly<Record<string, string>> = {
  coverage: 'framework',
  overrides: 'overrides',
  completeness: 'completeness',
  methodology: 'methodology',
};

/** A page that is a document of the report; undefined where the path names none. */
export function documentPageOf(found: Visit & { model: Model }, path: string): string | undefined {
  const { engagement, model, book } = found;
  const law = REPORT_OF_LAW[engagement.framework];
  const late = LATE.find((name) => name === path);
  if (late !== undefined) {
    // What is failing now, and who has to mend it, is of the team; an auditor has the drift of the period.
    if (late !== 'drift' && found.session.engagement !== undefined) throw outside();
    const { size } = model.checkpoint;
    const pages = book.late.get(size);
    return pages === undefined ? comesLater(found, late) : shown(found, path, pages[late]);
  }
  const name =
    (Object.hasOwn(PLAIN, path) ? PLAIN[path] : undefined) ??
    (path === law ? law : undefined) ??
    (path.startsWith('control/') ? path : undefined);
  if (name === undefined) return undefined;
  // A log that does not hold has no pages but what says so.
  const page = Object.hasOwn(model.pages, name) ? model.pages[name] : undefined;
  if (page === undefined) throw outside();
  if (!path.startsWith('control/')) return shown(found, path, page);
  return shown(found, 'controls', page, [controlQuestions(found, path.slice('control/'.length))]);
}

function shown(
  found: Visit,
  current: string,
  { title, warnings, sections, footer }: RenderedPage,
  more: readonly Section[] = [],
): string {
  const [first] = sections;
  return framed(found, current, {
    // The frame says what the first lines of a document say, and says it of now.
    ...{ warnings, footer },
    title: current === 'controls' && first !== undefined ? first.title : title,
    // Markup of src/web, made in the process that read the log.
    sections: [
      ...sections.map(({ id, title: head, html: body }) => ({ id, title: head, body: new Markup(body) })),
      ...more,
    ],
  });
}

const TITLES = {
  drift: 'Drift response',
  engineer: 'What is failing, and how to fix it',
  lead: 'What a lead looks at',
} as const;

function comesLater(found: Visit, name: keyof typeof TITLES): string {
  const { progress, failed } = found.book;
  if (progress === undefined)
    return framed(found, name, {
      title: TITLES[name],
      lead: [
        `What was found and how it was answered could not be read${failed === undefined ? '' : ` (${failed.code})`}.`,
      ],
      sections: [],
    });
  return framed(found, name, {
    title: TITLES[name],
    refresh: 2,
    lead: ['It is found by reading each verdict of the log, in its order. That is being done.'],
    sections: [workSection('How far it is', progress)],
  });
}

/** All controls of the framework, each with the page of its own. */
export function controlsPage(found: Visit & { model: Model }): string {
  const { controls } = found.model;
  const rows = controls.map((each) => [
    html`<a href="${linkTo(found, `control/${each.id}`)}">${each.id}</a>`,
    each.title,
    each.kind,
    `${each.days_with_evidence} of ${each.days_expected}`,
    ...[each.decisions, each.pass, each.fail, each.waived, each.undecided, each.exceptions],
  ]);
  return framed(found, 'controls', {
    title: `Controls of ${found.engagement.framework}`,
    lead: [
      'Each control has a page. A waived fail is part of the fails and no pass; not decided: errors, and what was not evaluated.',
    ],
    sections: [
      {
        id: 'controls',
        title: `${controls.length} controls`,
        body: dataTable(
          'Controls and what was decided in the period',
          [
            'Control',
            'Title',
            'Kind',
            'Days with evidence',
            'Decisions',
            'Pass',
            'Fail',
            'Waived',
            'Not decided',
            'Exceptions',
          ],
          rows,
        ),
      },
    ],
  });
}
