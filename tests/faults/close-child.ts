import { randomBytes } from 'node:crypto';
import { closeDay } from '../../src/lake/index.ts';
import { openLedger } from '../../src/ledger/index.ts';

/**
 * Closes a day and is killed. Told by the environment: FOLDER, DAY, NOW (RFC 3339), STEP (kill at this step of the close), HITS (at which
 * time of it), LEDGER_STEP (kill at this step of the ledger once the close has come to its manifest). Prints a line when it begins.
 */
const { FOLDER = '', DAY = '', NOW = '', STEP = '', HITS = '1', LEDGER_STEP = '' } = process.env;
const clock = () => Date.parse(NOW);
const die = () => process.kill(process.pid, 'SIGKILL');
let hits = Number(HITS);
let manifest = false;

const ledger = await openLedger(FOLDER, {
  clock,
  random: randomBytes,
  onStep: (step) => {
    if (manifest && step === LEDGER_STEP) die();
  },
});
process.stdout.write('closing\n');
await closeDay(ledger, DAY, {
  clock,
  onStep: (step) => {
    if (step === 'lists stored') manifest = true;
    if (step !== STEP) return;
    hits -= 1;
    if (hits === 0) die();
  },
});
await ledger.close();
