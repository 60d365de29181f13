import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { openLedger, type Step, setPatience, takeOver } from '../../src/ledger/index.ts';
// Not part of the ledger's contract: records for tests.
import { decision } from '../../src/ledger/testing/records.ts';
import { isExhibitError } from '../../src/record/index.ts';

/**
 * A writer of a log in a bucket, that is killed or stopped. It notes which records were acknowledged; a note that a kill cuts off
 * does not count. Told by the environment: FOLDER, ACKS (file), ROUNDS, STEP and HITS (kill at the nth time of a durable step),
 * TAKE_OVER (yes or no). It says "writing" when it is open, and ends with 7 where another one has taken over.
 */
const { FOLDER = '', ACKS = '', ROUNDS = '1', STEP = '', HITS = '1', TAKE_OVER = 'no' } = process.env;
let hits = Number(HITS);

const onStep = (step: Step) => {
  if (step !== STEP) return;
  hits -= 1;
  if (hits === 0) process.kill(process.pid, 'SIGKILL');
};
setPatience({ tries: 14, pause: 2, seconds: 2 });

const options = {
  clock: Date.now,
  random: (length: number) => randomBytes(length),
  lockTimeout: 30_000,
  onStep,
};
try {
  if (TAKE_OVER === 'yes') await takeOver(FOLDER, options);
  const ledger = await openLedger(FOLDER, options);
  process.stdout.write('writing\n');
  for (let round = 0; round < Number(ROUNDS); round += 1) {
    const calls = [1, 7, 300].map(async (count) => {
      const records = Array.from({ length: count }, () => decision('ci', Date.now()));
      const { record_ids } = await ledger.append('ci', records);
      appendFileSync(ACKS, `${record_ids.join(' ')}\n`);
    });
    const sealing = ledger.seal();
    // All are waited for: a record may be acknowledged after a seal has failed.
    for (const done of await Promise.allSettled([sealing, ...calls]))
      if (done.status === 'rejected') throw done.reason;
    const { size, root } = await sealing;
    process.stdout.write(`sealed ${size} ${root}\n`);
  }
  await ledger.close();
} catch (error) {
  if (isExhibitError(error, 'LEDGER_FENCED')) process.exit(7);
  // The next one goes on from whatever this one has left.
  if (isExhibitError(error, 'STORE_FAILED')) process.exit(8);
  throw error;
}
