import { randomBytes } from 'node:crypto';
import { askWitnesses, makeWitnesses, openLedger } from '../../src/ledger/index.ts';
// Not part of the ledger's contract: records for tests.
import { decision } from '../../src/ledger/testing/records.ts';

/** A writer that seals and asks its witness without end, until it is killed. Told by the environment: FOLDER, URL, VKEY. */
const { FOLDER = '', URL: url = '', VKEY = '' } = process.env;
const witnesses = makeWitnesses([{ url, vkey: VKEY }]);
const ledger = await openLedger(FOLDER, { clock: Date.now, random: randomBytes, lockTimeout: 30_000 });
process.stdout.write('ready\n');
for (;;) {
  await ledger.append('ci', [decision('ci', Date.now())]);
  await ledger.seal();
  await askWitnesses(FOLDER, { witnesses, clock: Date.now });
}
