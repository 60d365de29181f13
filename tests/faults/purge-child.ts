import { randomBytes } from 'node:crypto';
import { purgeLake } from '../../src/lake/index.ts';
import { openLedger } from '../../src/ledger/index.ts';
import { formatInstant } from '../../src/record/index.ts';
import { s3Store } from '../../src/store/index.ts';

/**
 * Purges soc2 in a copy in a bucket, and is killed. Told by the environment: FOLDER, COPY (s3://BUCKET/PREFIX), ENDPOINT, REGION, BEFORE
 * (YYYY-MM-DD), STEP (kill at this step of the purge), HITS (at which time of it), LEDGER_STEP (kill at this step of the ledger once the purge has
 * begun to write its tombstones).
 */
const { FOLDER = '', COPY = '', ENDPOINT = '', REGION = '', BEFORE = '' } = process.env;
const { STEP = '', HITS = '1', LEDGER_STEP = '' } = process.env;
const die = () => process.kill(process.pid, 'SIGKILL');
let hits = Number(HITS);
let begun = false;

const ledger = await openLedger(FOLDER, {
  clock: Date.now,
  random: (length) => new Uint8Array(randomBytes(length)),
  onStep: (step) => {
    if (begun && step === LEDGER_STEP) die();
  },
});
const putBlob = ledger.putBlob.bind(ledger);
// The list of what is purged is stored before its tombstone is appended.
ledger.putBlob = (bytes) => {
  begun = true;
  return putBlob(bytes);
};
const bucket = s3Store({ url: COPY, endpoint: ENDPOINT, region: REGION, path_style: true });
await purgeLake(
  ledger,
  { bucket },
  {
    ...{ framework: 'soc2', before: BEFORE, clock: Date.now },
    decision: { observed_at: formatInstant(Date.now()), actor: 'actor:1', reason: 'Kept for seven years' },
    onStep: (step) => {
      if (step !== STEP) return;
      hits -= 1;
      if (hits === 0) die();
    },
  },
);
await ledger.close();
