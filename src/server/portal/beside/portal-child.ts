import { setPriority } from 'node:os';
import { verifyWhole } from '../../../audit/index.ts';
import { openReader } from '../../../ledger/index.ts';
import { isExhibitError, toPlain } from '../../../record/index.ts';
import type { Verification, WorkMessage, WorkQuestion } from './messages.ts';
import { failedModel, isTampered, readLate, readPages } from './model.ts';

// A process that does one piece of work for the portal. The server goes on taking records in meanwhile: what it does comes first.

/** Least time between two messages on progress, milliseconds. */
const APART = 200;

const say = (message: WorkMessage) =>
  new Promise<void>((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });

let told = 0;
const tell = (what: string, done: number, total: number) => {
  const now = performance.now();
  if (now - told < APART && done !== 0) return;
  told = now;
  void say({ kind: 'progress', what, done, total });
};

async function readModel(asked: Extract<WorkQuestion, { kind: 'model' }>): Promise<void> {
  let origin = '';
  try {
    const reader = await openReader(asked.folder);
    origin = reader.origin;
    await reader.hold();
    const { model, report } = await readPages(reader, asked, tell);
    await say({ kind: 'model', model });
    const pages = await readLate(reader, report, asked.now, tell);
    await say({ kind: 'late', size: model.checkpoint.size, pages });
    await reader.close();
  } catch (error) {
    if (!isTampered(error)) throw error;
    await say({ kind: 'model', model: failedModel(asked, origin, `${error.code}: ${error.message}`) });
  }
}

async function verify(folder: string): Promise<Verification> {
  try {
    return await verifyWhole(folder, [], (done, total) => tell('records verified', done, total));
  } catch (error) {
    if (!isExhibitError(error) || !isTampered(error)) throw error;
    return { state: 'failed', message: `${error.code}: ${error.message}` };
  }
}

const abandoned = () => process.kill(process.pid, 'SIGKILL');

process.once('disconnect', abandoned);
if (!process.connected) abandoned();
process.once('message', async (question: WorkQuestion) => {
  setPriority(process.pid, 5);
  try {
    if (question.kind === 'verify')
      await say({ kind: 'verified', verification: await verify(question.folder) });
    else await readModel(question);
    await say({ kind: 'done' });
  } catch (error) {
    await say({ kind: 'failed', error: toPlain(error) });
  }
  process.off('disconnect', abandoned);
  process.disconnect();
});
