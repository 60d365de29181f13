import { type Answered, type AnswerWord, type HonestTest, QUESTIONS, type Rest } from '../../audit/index.ts';
import type { Sink } from '../context.ts';
import { sentence, table } from '../terminal/table.ts';

const WORDS: Record<AnswerWord, string> = { yes: 'yes', no: 'no', not_shown: 'not shown' };

/** @param period RFC 3339 */
export function honestText(
  { answers, yes, verdict }: HonestTest,
  period: { from: string; to: string },
  sink: Pick<Sink, 'isTTY' | 'columns'>,
): string {
  const parts = [table([['period', `${period.from} to ${period.to}`]], sink)];
  for (const [at, answer] of answers.entries()) parts.push('\n', ...one(at + 1, answer, sink));
  parts.push('\n', `${yes} of ${answers.length} yes: ${verdict}\n`);
  return parts.join('');
}

function one(
  number: number,
  { question, answer, why, rests_on }: Answered,
  sink: Pick<Sink, 'isTTY' | 'columns'>,
): string[] {
  return [
    sentence(`${number}. ${QUESTIONS[question]} ${WORDS[answer]}: ${why}`, sink),
    ...rests_on.map((rest) => sentence(`   - ${placeOf(rest)}${rest.says}`, sink)),
  ];
}

function placeOf({ record_id, log_index, reference }: Rest): string {
  if (record_id !== undefined) return `record ${log_index} (${record_id}): `;
  return reference === undefined ? '' : `audit id ${reference}: `;
}
