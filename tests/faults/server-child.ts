import { createHash, randomBytes } from 'node:crypto';
import { openLedger, type Step } from '../../src/ledger/index.ts';
import { settingsSchema, startServer } from '../../src/server/index.ts';

/**
 * A server that is killed. Told by the environment: FOLDER, HASH (of the token), PORT, STEP and HITS (kill at the nth time of a durable step),
 * EVENTS (settings in JSON).
 */
const { FOLDER = '', HASH = '', PORT = '0', STEP = '', HITS = '1', EVENTS = '{}' } = process.env;
let hits = Number(HITS);

const onStep = (step: Step) => {
  if (step !== STEP) return;
  hits -= 1;
  if (hits === 0) process.kill(process.pid, 'SIGKILL');
};
const random = (length: number) => new Uint8Array(randomBytes(length));
const server = await startServer({
  settings: settingsSchema.parse({
    evidence: FOLDER,
    listen: { port: Number(PORT) },
    seal_milliseconds: 20,
    events: JSON.parse(EVENTS),
    auth: { tokens: [{ name: 'load', hash: HASH, roles: ['emitter'], emitters: ['load/*'] }] },
  }),
  version: '0',
  clock: Date.now,
  random,
  log: () => undefined,
  openLedger: (sealThread) =>
    openLedger(FOLDER, {
      clock: Date.now,
      random,
      lockTimeout: 30_000,
      sealThread,
      ...(STEP === '' ? {} : { onStep }),
    }),
  actorOf: (name) => `actor:${createHash('sha256').update(name).digest('hex').slice(0, 24)}`,
});
process.stdout.write(`${server.url}\n`);
