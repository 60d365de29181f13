import { parseScope, REPORT_OF_LAW, type ReportName, type Scope } from '../../audit/index.ts';
import { ExhibitError } from '../../record/index.ts';
import type { WithinFlags } from '../engagement/within.ts';
import { controlOf } from '../scope/control.ts';

export const FORMATS = ['html', 'csv', 'json', 'oscal', 'pdf'] as const;
export type ReportFormat = (typeof FORMATS)[number];

export interface ReportFlags extends WithinFlags {
  evidence?: string;
  /** `FORMAT` or `FORMAT=FILE`, each. */
  output: readonly string[];
  verify?: boolean;
  applicability?: string;
  serverSettings?: string;
  /** Settings of `exhibit findings`. */
  config?: string;
  /** Whose the engineer's view shows first. */
  owner?: string;
  mostOverrides?: string;
}

/** The frameworks of reports that are of one framework by themselves. */
const FIXED: Partial<Record<ReportName, string>> = Object.fromEntries(
  Object.entries(REPORT_OF_LAW).map(([framework, name]) => [name, framework]),
);

/**
 * The framework that is asked for: that of the report where it is of one by itself.
 * @throws ExhibitError USAGE where another one is named: a statement of applicability of SOC 2 would be none
 */
export function frameworkOf(name: ReportName, flags: ReportFlags): string | undefined {
  const given = controlOf(flags).framework;
  const fixed = FIXED[name];
  if (given === undefined || fixed === undefined || given === fixed) return given ?? fixed;
  throw new ExhibitError('USAGE', `the report ${name} is about ${fixed}, not ${JSON.stringify(given)}`, {
    hint: `next: exhibit report ${name} without --framework, or exhibit report framework --framework ${given}`,
  });
}

/** What a report is about. @throws ExhibitError USAGE */
export function scopeOf(name: ReportName, { from, to, ...flags }: ReportFlags): Scope {
  const given = frameworkOf(name, flags);
  if (given === undefined || from === undefined || to === undefined)
    throw new ExhibitError('USAGE', 'a report is about one framework and a period', {
      hint: `Example: exhibit report ${name} --framework soc2 --from 2026-01-01 --to 2026-12-31`,
    });
  return parseScope({ framework: given, from, to });
}

export interface Wanted {
  format: ReportFormat;
  /** Where it goes; standard output where it is not given. */
  file?: string;
}

/** @throws ExhibitError USAGE for an unknown format, and for two that would go to standard output */
export function wantedOf(output: readonly string[]): Wanted[] {
  const wanted = output.map((text): Wanted => {
    const [name = '', file] = text.split(/=(.*)/s);
    const format = FORMATS.find((each) => each === name);
    if (format === undefined)
      throw new ExhibitError('USAGE', `there is no format ${JSON.stringify(name)}`, {
        hint: `Known: ${FORMATS.join(', ')}.`,
      });
    return file === undefined || file === '' ? { format } : { format, file };
  });
  if (wanted.filter(({ file }) => file === undefined).length > 1)
    throw new ExhibitError('USAGE', 'one format goes to standard output; name a file for the others', {
      hint: 'Example: -o html=report.html -o pdf=report.pdf',
    });
  return wanted;
}

/** @throws ExhibitError USAGE for what is no whole number from 0 on */
export function countOf(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new ExhibitError('USAGE', `--most-overrides: ${JSON.stringify(text)} is no whole number`, {
    hint: 'Example: --most-overrides 20',
  });
}
