import { members, parseJson } from './shape.ts';

/** What the reports of a pack say first of themselves: whoever made the pack wrote it. */
export interface ReportStanding {
  /** Undefined where no report of the pack says. */
  complete: boolean | undefined;
  /** Why they are not complete, in words. */
  warnings: string[];
}

/** The report of a pack that is for programs. */
export const REPORT = 'reports/report.json';

/** Read from the report of the pack that is for programs. @param files attacker-controlled */
export function reportStanding(files: ReadonlyMap<string, Uint8Array>): ReportStanding {
  try {
    const report = members(parseJson(files.get(REPORT) ?? new Uint8Array()), 'it');
    const { complete, warnings } = members(report.standing, 'standing');
    const said = Array.isArray(warnings) ? warnings.map(String) : [];
    return { complete: typeof complete === 'boolean' ? complete : undefined, warnings: said };
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
    return { complete: undefined, warnings: [] };
  }
}
