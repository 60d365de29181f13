import { generatedWarning } from '../../record/index.ts';
import { REPORT } from './reports.ts';
import type { VerifiedPack } from './verify.ts';

type Found = Pick<VerifiedPack, 'contents' | 'answers' | 'incomplete' | 'reports'>;

/** Whether what the pack says is all that there was: a pack that holds may be complete or not. */
export function completeText({ contents, answers, incomplete, reports }: Found): string {
  const generated = generatedWarning(contents.log.origin);
  const said = reports.warnings.filter((one) => one !== generated).join(' ');
  const lacks = [
    ...(incomplete.length === 0 ? [] : [`${incomplete.length} of ${answers} answers are not complete`]),
    ...(reports.complete === false ? [`the reports say: ${said}`] : []),
  ];
  if (lacks.length > 0) return `NOT COMPLETE: ${lacks.join('; ')}`;
  return reports.complete === undefined
    ? `NOT KNOWN: no ${REPORT} says whether its reports are`
    : 'as its answers and reports say of themselves';
}

/** Behind the words NOT SHOWN. @param missing names of files that would show it */
export function notShownText(missing: readonly string[]): string {
  return `to be the pack on record: ${missing.map((name) => `no ${name}`).join(' and ')} beside it. ${NOT_ON_RECORD}`;
}

/** What it means that a pack was not shown to be the one on record. */
export const NOT_ON_RECORD =
  'Its records follow from the log that the key signed. Its reports, answers and other files made from them do not: without the record of this pack, anybody could have changed them and made the lists anew.';
