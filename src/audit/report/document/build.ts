import { didYouMean, ExhibitError } from '../../../record/index.ts';
import { engineerView } from '../../views/engineer.ts';
import { leadView } from '../../views/lead.ts';
import type { ControlReport } from '../schema.ts';
import { aiActSections } from './ai-act.ts';
import { controlAnchor, controlSection } from './control.ts';
import { driftSections, incidentSection } from './drift.ts';
import type { DocumentFacts } from './facts.ts';
import { documentFrame } from './frame.ts';
import { frameworkSections } from './framework.ts';
import { methodologySections } from './methodology.ts';
import { completenessSections, overrideSections } from './registers.ts';
import { soaSections } from './soa.ts';
import type { DocumentSection, ReportDocument } from './types.ts';
import { nis2Sections } from './views.ts';

export const REPORTS = [
  'control',
  'framework',
  'overrides',
  'drift',
  'completeness',
  'nis2',
  'eu-ai-act',
  'soa',
  'methodology',
  'all',
  'engineer',
  'lead',
] as const;
export type ReportName = (typeof REPORTS)[number];
/** The report of a framework that is a law or a statement of its own, by the framework. */
export const REPORT_OF_LAW: Readonly<Record<string, ReportName>> = {
  nis2: 'nis2',
  'eu-ai-act': 'eu-ai-act',
  iso27001: 'soa',
};
/** Those for people who work, and not for an auditor. */
type View = 'engineer' | 'lead';

/** Reports that findings are read for: those take the whole log. */
export const WITH_DRIFT: ReadonlySet<ReportName> = new Set([
  ...(['drift', 'nis2', 'all', 'engineer', 'lead'] as const),
]);

const TITLES: Record<Exclude<ReportName, View>, string> = {
  control: 'Controls',
  framework: 'Coverage of the framework',
  overrides: 'Overrides',
  drift: 'Drift response',
  completeness: 'Completeness',
  nis2: 'NIS 2, Articles 21 and 23',
  'eu-ai-act': 'EU AI Act, Articles 9 and 11 and Annex IV',
  soa: 'Statement of applicability',
  methodology: 'Methodology',
  all: 'Audit report',
};

/** Title, first lines and sections of one report. @throws ExhibitError NOT_FOUND for a control that there is none of */
export function reportDocument(name: ReportName, facts: DocumentFacts): ReportDocument {
  if (name === 'engineer') return engineerView(facts);
  if (name === 'lead') return leadView(facts);
  return { ...documentFrame(TITLES[name], facts), sections: sectionsOf(name, facts) };
}

function sectionsOf(name: Exclude<ReportName, View>, facts: DocumentFacts): DocumentSection[] {
  const { report, drift, applicability, readers } = facts;
  switch (name) {
    case 'control':
      return chosen(facts).map((control) => controlSection(report, control));
    case 'framework':
      return frameworkSections(report);
    case 'overrides':
      return overrideSections(report, facts.most_overrides);
    case 'drift':
      return drift === undefined ? [] : driftSections(drift, report);
    case 'completeness':
      return completenessSections(report, facts.verification_apart);
    case 'nis2':
      return [...nis2Sections(report), ...(drift === undefined ? [] : [incidentSection(drift)])];
    case 'eu-ai-act':
      return aiActSections(report);
    case 'soa':
      return soaSections(report, applicability);
    case 'methodology':
      return methodologySections(report, readers);
    case 'all':
      return [
        ...frameworkSections(report, linkTo(facts)),
        ...chosen(facts).map((control) => controlSection(report, control)),
        ...overrideSections(report, facts.most_overrides),
        ...(drift === undefined ? [] : driftSections(drift, report)),
        ...completenessSections(report, facts.verification_apart),
        ...methodologySections(report, readers),
      ];
  }
}

/** The section of a control on the same page, where it has one. */
function linkTo(facts: DocumentFacts): (control: ControlReport) => string {
  const there = new Set(chosen(facts).map(({ id }) => id));
  return (control) => (there.has(control.id) ? `#${controlAnchor(control)}` : '#controls');
}

/** The one that was asked for; else all that have a policy, a link or evidence. */
function chosen({ report: { controls, scope }, control }: DocumentFacts) {
  const id = control?.replace(`${scope.framework}/`, '');
  if (id === undefined)
    return controls.filter(({ policies, decisions }) => policies.length > 0 || decisions > 0);
  const found = controls.find((each) => each.id === id);
  if (found !== undefined) return [found];
  const ids = controls.map((each) => each.id);
  throw new ExhibitError(
    'NOT_FOUND',
    `no framework or control map in force names ${scope.framework}/${id}${didYouMean(id, ids)}`,
    {
      hint:
        ids.length === 0
          ? `The log has no control of ${scope.framework}: exhibit query framework-controls lists what it has.`
          : `${scope.framework} has ${ids.toSorted().join(', ')}.`,
    },
  );
}
