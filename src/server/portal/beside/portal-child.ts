import { setPriority } from 'node:os';
import { verifyWhole } from '../../../audit/index.ts';
import { answerOne, paced, type Tell } from '../../../lake/index.ts';
import { openReader } from '../../../ledger/index.ts';
import { isExhibitError } from '../../../record/index.ts';
import type { Verification, WorkMessage, WorkQuestion } from './messages.ts';
import { failedModel, isTampered, readLate, readPages } from './model.ts';

// A process that does one piece of work for the portal. The server goes on taking records in meanwhile: what it does comes first.

type Say = (message: WorkMessage) => Promise<void>;

async function readModel(
  asked: Extract<WorkQuestion, { kind: 'model' }>,
  say: Say,
  tell: Tell,
): Promise<void> {
  let origin = '';
  try {
    const reader = await openReader(asked.folder);
    origin = reader.origin;
    await reader.hold();
    const { model, report } = await readPages(reader, asked, tell);
    await say({ kind: 'model', model });
    const pages = await readLate(reader, report, asked, tell);
    await say({ kind: 'late', size: model.checkpoint.size, pages });
    await reader.close();
  } catch (error) {
    if (!isTampered(error)) throw error;
    await say({ kind: 'model', model: failedModel(asked, origin, `${error.code}: ${error.message}`) });
  }
}

async function verify(folder: string, tell: Tell): Promise<Verification> {
  try {
    return await verifyWhole(folder, [], (done, total) => tell('records verified', done, total));
  } catch (error) {
    if (!isExhibitError(error) || !isTampered(error)) throw error;
    return { state: 'failed', message: `${error.code}: ${error.message}` };
  }
}

answerOne<WorkQuestion, WorkMessage>(async (question, say) => {
  setPriority(process.pid, 5);
  const tell = paced((what, done, total) => void say({ kind: 'progress', what, done, total }));
  if (question.kind === 'verify')
    await say({ kind: 'verified', verification: await verify(question.folder, tell) });
  else await readModel(question, say, tell);
  await say({ kind: 'done' });
});
