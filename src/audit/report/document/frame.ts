import { briefLevel } from '../../../verify/index.ts';
import type { AuditReport } from '../schema.ts';
import type { DocumentFacts } from './facts.ts';
import { verificationWords } from './parts.ts';
import { isAnnexA } from './soa.ts';
import type { ReportDocument } from './types.ts';

/** Title, first lines and foot of a document: how far it can be relied on, before anything else. */
export function documentFrame(
  name: string,
  { report, verification_apart: apart = false }: Pick<DocumentFacts, 'report' | 'verification_apart'>,
): Omit<ReportDocument, 'sections'> {
  const { scope, framework, standing, checkpoint } = report;
  const title =
    framework.title === '' ? framework.id : `${framework.title} (${framework.id} ${framework.version})`;
  return {
    title: `${name}: ${framework.id}, ${scope.from} to ${scope.to}`,
    warnings: standing.warnings,
    lead: [
      `${title}. Recorded from ${scope.from} to ${scope.to}, UTC days, both included. ${countWords(report)}.`,
      standing.complete
        ? 'Nothing of the period is known to be missing.'
        : 'NOT COMPLETE: the lines above say what is missing, or not known.',
      `Level of trust: ${briefLevel(checkpoint.level)}.`,
      ...(apart ? [] : [`Verification: ${verificationWords(standing)}.`]),
    ],
    footer: `Log ${checkpoint.origin}, size ${checkpoint.size}, root ${checkpoint.root}; at the end of the period size ${checkpoint.period_end.size}, root ${checkpoint.period_end.root}. All times are UTC.`,
  };
}

/** ISO/IEC 27001 has controls in its annex only: its clauses are requirements. */
function countWords({ scope, controls, denominators }: AuditReport): string {
  if (scope.framework !== 'iso27001' || controls.length === 0) return `${denominators.controls} controls`;
  const annex = controls.filter(isAnnexA).length;
  return `${annex} controls of Annex A and ${controls.length - annex} requirements of clauses 4 to 10`;
}
