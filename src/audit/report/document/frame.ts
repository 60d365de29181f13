import { briefLevel } from '../../../verify/index.ts';
import type { DocumentFacts } from './facts.ts';
import { verificationWords } from './parts.ts';
import type { ReportDocument } from './types.ts';

/** Title, first lines and foot of a document: how far it can be relied on, before anything else. */
export function documentFrame(
  name: string,
  { report, verification_apart: apart = false }: Pick<DocumentFacts, 'report' | 'verification_apart'>,
): Omit<ReportDocument, 'sections'> {
  const { scope, framework, standing, checkpoint, denominators } = report;
  const title =
    framework.title === '' ? framework.id : `${framework.title} (${framework.id} ${framework.version})`;
  return {
    title: `${name}: ${framework.id}, ${scope.from} to ${scope.to}`,
    warnings: standing.warnings,
    lead: [
      `${title}. Recorded from ${scope.from} to ${scope.to}, UTC days, both included. ${denominators.controls} controls.`,
      standing.complete
        ? 'Nothing of the period is known to be missing.'
        : 'NOT COMPLETE: the lines above say what is missing, or not known.',
      `Level of trust: ${briefLevel(checkpoint.level)}.`,
      ...(apart ? [] : [`Verification: ${verificationWords(standing)}.`]),
    ],
    footer: `Log ${checkpoint.origin}, size ${checkpoint.size}, root ${checkpoint.root}; at the end of the period size ${checkpoint.period_end.size}, root ${checkpoint.period_end.root}. All times are UTC.`,
  };
}
