import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { openLedger, type Step } from '../../src/ledger/index.ts';
// Not part of the ledger's contract: records for tests.
import { decision } from '../../src/ledger/testing/records.ts';
import { isExhibitError } from '../../src/record/index.ts';

/**
 * A writer that is killed. It appends small groups and seals, and notes in a file of its own which records were
 * acknowledged; a note that a kill cuts off does not count. Told by the environment:
 * FOLDER, EMITTER, ACKS (file), ROUNDS, STEP and HITS (kill at the nth time of a durable step), SEAL (yes or no), THREAD
 * (yes: a thread of its own seals, when asked and by itself).
 */
const {
  FOLDER = '',
  EMITTER = '',
  ACKS = '',
  ROUNDS = '1',
  STEP = '',
  HITS = '1',
  SEAL = 'yes',
  THREAD = 'no',
} = process.env;
let hits = Number(HITS);

const onStep = (step: Step) => {
  if (step !== STEP) return;
  hits -= 1;
  if (hits === 0) process.kill(process.pid, 'SIGKILL');
};

const ledger = await openLedger(FOLDER, {
  clock: Date.now,
  random: randomBytes,
  lockTimeout: 30_000,
  onStep,
  ...(THREAD === 'yes' ? { sealThread: { every: 3 } } : {}),
});
for (let round = 0; round < Number(ROUNDS); round += 1) {
  const now = Date.now();
  const calls = [1, 7, 40].map(async (count) => {
    const records = Array.from({ length: count }, () => decision(EMITTER, now));
    const { record_ids } = await ledger.append(EMITTER, records);
    appendFileSync(ACKS, `${record_ids.join(' ')}\n`);
  });
  // A source that numbers by itself sends again from its start after every crash, so most of these are resends.
  const edge = decision('edge', 0, { record_id: edgeId(round), run_id: edgeId(0) });
  const resend = async () => {
    const { record_ids } = await ledger.appendNumbered([{ ...edge, sequence: round }]);
    appendFileSync(ACKS, `${record_ids.join(' ')}\n`);
  };
  calls.push(resend());
  if (SEAL === 'yes') {
    try {
      await Promise.all([ledger.seal(), ...calls]);
    } catch (error) {
      if (!isExhibitError(error, 'LEDGER_BUSY')) throw error;
    }
  }
  await Promise.all(calls);
}
await ledger.close();

function edgeId(n: number): string {
  return `00000000-0000-8000-8000-${String(n).padStart(12, '0')}`;
}
