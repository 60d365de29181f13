import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { compareSaved, keptRows, requestAgain, rowsBlob } from '../../../audit/index.ts';
import { answerCsv, answerOne, paced, type QueryAnswer, query } from '../../../lake/index.ts';
import { type LedgerReader, openReader } from '../../../ledger/index.ts';
import { isExhibitError } from '../../../record/index.ts';
import { type AnswerFacts, type AskMessage, type AskQuestion, CSV, ROWS } from './messages.ts';
import { shownRows, some } from './shown.ts';

// A process that answers one question of the portal. Rows go into files: the server gets what one page shows.

answerOne<AskQuestion, AskMessage>(async ({ folder, request, size, out, before }, say) => {
  // What the server does comes first. The process of an auditor's SQL has the priority of this one.
  setPriority(process.pid, 5);
  const reader = await openReader(folder);
  const answer = await query(reader, request, {
    sizes: [size],
    progress: paced((what, done, total) => void say({ kind: 'progress', what, done, total })),
  });
  const csv = Buffer.from(answerCsv(answer));
  await writeFile(join(out, CSV), csv, { mode: 0o600 });
  const { rows, ...rest } = answer;
  await say({
    kind: 'answered',
    facts: {
      answer: rest,
      shown: shownRows(rows),
      csv: { bytes: csv.length, digest: `sha256:${createHash('sha256').update(csv).digest('hex')}` },
      keepable: await keep(answer, out),
      ...(before === undefined ? {} : { compared: await compare(reader, before, answer) }),
    },
  });
  await reader.close();
});

async function keep(answer: QueryAnswer, out: string): Promise<boolean> {
  try {
    await writeFile(join(out, ROWS), rowsBlob(answer), { mode: 0o600 });
    return true;
  } catch (error) {
    if (isExhibitError(error, 'USAGE')) return false;
    throw error;
  }
}

async function compare(
  reader: LedgerReader,
  before: NonNullable<AskQuestion['before']>,
  answer: QueryAnswer,
): Promise<NonNullable<AnswerFacts['compared']>> {
  const kept = before.rows_digest === undefined ? undefined : keptRows(await reader.blob(before.rows_digest));
  const { outcome, changes, limits, rows } = compareSaved(
    before,
    answer,
    kept,
    requestAgain(before).reworded,
  );
  return {
    ...{ outcome, changes, limits },
    ...(rows === undefined ? {} : { gone: some(rows.gone), come: some(rows.come) }),
  };
}
