import { ExhibitError } from '../../../record/index.ts';
import type { Applicability } from '../applicability.ts';
import type { DriftReport } from '../drift.ts';
import type { AuditReport } from '../schema.ts';
import { controlSection } from './control.ts';
import { driftSections, incidentSection } from './drift.ts';
import { frameworkSections } from './framework.ts';
import { methodologySections, type Readers } from './methodology.ts';
import { completenessSections, overrideSections } from './registers.ts';
import type { DocumentSection, ReportDocument } from './types.ts';
import { aiActSections, nis2Sections, soaSections } from './views.ts';

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
] as const;
export type ReportName = (typeof REPORTS)[number];

/** Reports that findings are read for: those take the whole log. */
export const WITH_DRIFT: ReadonlySet<ReportName> = new Set(['drift', 'nis2', 'all']);

export interface DocumentFacts {
  report: AuditReport;
  /** Id of the one control, such as `cc6.1`; all of them where it is not given. */
  control?: string;
  drift?: DriftReport;
  applicability?: Applicability;
  readers?: Readers;
}

const TITLES: Record<ReportName, string> = {
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
  const { scope, framework, standing, checkpoint, denominators } = facts.report;
  const title =
    framework.title === '' ? framework.id : `${framework.title} (${framework.id} ${framework.version})`;
  return {
    title: `${TITLES[name]}: ${framework.id}, ${scope.from} to ${scope.to}`,
    warnings: standing.warnings,
    lead: [
      `${title}. Recorded from ${scope.from} to ${scope.to}, UTC days, both included. ${denominators.controls} controls.`,
      `${standing.complete ? 'Nothing of the period is known to be missing.' : 'NOT COMPLETE: see above.'} ${checkpoint.level}. Verification: ${standing.verification.state.replace('_', ' ')}; ${standing.verification.message}.`,
    ],
    sections: sectionsOf(name, facts),
    footer: `Log ${checkpoint.origin}, size ${checkpoint.size}, root ${checkpoint.root}; at the end of the period size ${checkpoint.period_end.size}, root ${checkpoint.period_end.root}. All times are UTC.`,
  };
}

function sectionsOf(name: ReportName, facts: DocumentFacts): DocumentSection[] {
  const { report, drift, applicability, readers } = facts;
  switch (name) {
    case 'control':
      return chosen(facts).map((control) => controlSection(report, control));
    case 'framework':
      return frameworkSections(report);
    case 'overrides':
      return overrideSections(report);
    case 'drift':
      return drift === undefined ? [] : driftSections(drift);
    case 'completeness':
      return completenessSections(report);
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
        ...frameworkSections(report),
        ...chosen(facts).map((control) => controlSection(report, control)),
        ...overrideSections(report),
        ...(drift === undefined ? [] : driftSections(drift)),
        ...completenessSections(report),
        ...methodologySections(report, readers),
      ];
  }
}

/** The one that was asked for; else all that have a policy, a link or evidence. */
function chosen({ report: { controls, scope }, control }: DocumentFacts) {
  const id = control?.replace(`${scope.framework}/`, '');
  if (id === undefined)
    return controls.filter(({ policies, decisions }) => policies.length > 0 || decisions > 0);
  const found = controls.find((each) => each.id === id);
  if (found !== undefined) return [found];
  throw new ExhibitError('NOT_FOUND', `no framework or control map in force names ${scope.framework}/${id}`);
}
