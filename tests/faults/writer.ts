// A process that appends and seals until it is killed. It prints each record id after the ledger acknowledged it.
// Arguments: folder, emitter, and the durable step at which it kills itself (or `never`).
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openLedger, type Unnumbered } from '../../src/ledger/index.ts';
import { formatInstant, SCHEMA, uuidv7 } from '../../src/record/index.ts';

const [folder = '', emitter = '', stopAt = 'never'] = process.argv.slice(2);
const random = (length: number) => new Uint8Array(randomBytes(length));

function heartbeat(): Unnumbered {
  const now = Date.now();
  return {
    schema: SCHEMA,
    record_id: uuidv7(now, random),
    record_type: 'heartbeat',
    observed_at: formatInstant(now),
    emitter,
    layer: 'runtime',
    tool: 'faults',
  };
}

const ledger = await openLedger(folder, {
  clock: Date.now,
  random,
  lockTimeout: 30_000,
  // No handler, no flush, no finally: the kernel ends the process here.
  onStep: (step) => {
    if (step === stopAt) process.kill(process.pid, 'SIGKILL');
  },
});
for (;;) {
  const { record_ids } = await ledger.append(emitter, [heartbeat(), heartbeat(), heartbeat()]);
  // Synchronous, so that what was acknowledged is out before the next thing can end this process.
  writeSync(1, `${record_ids.join('\n')}\n`);
  await ledger.seal();
}
