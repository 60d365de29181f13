import { createHash, randomBytes } from 'node:crypto';
import { settingsSchema, startServer } from '../../src/server/index.ts';

/**
 * A webhook without a ledger of its own that is killed. Told by the environment: EVIDENCE (URL), TOKEN, SPOOL, BUNDLE and KEY (files), PORT, STEP
 * and HITS (kill at the nth time of a durable step of the spool). It stops at SIGTERM.
 */
const {
  EVIDENCE = '',
  TOKEN = '',
  SPOOL = '',
  BUNDLE = '',
  KEY = '',
  PORT = '0',
  STEP = '',
  HITS = '1',
} = process.env;
let hits = Number(HITS);

const server = await startServer({
  settings: settingsSchema.parse({
    evidence: EVIDENCE,
    spool: { folder: SPOOL, send_milliseconds: 10 },
    emitter: 'load',
    listen: { port: Number(PORT) },
    bundles: [{ name: 'main', file: BUNDLE, keys: [KEY] }],
    admission: { callers: 'anyone' },
  }),
  version: '0',
  clock: Date.now,
  random: (length) => new Uint8Array(randomBytes(length)),
  log: () => undefined,
  openLedger: () => Promise.reject(new Error('it has no ledger')),
  token: TOKEN,
  actorOf: (name) => `actor:${createHash('sha256').update(name).digest('hex').slice(0, 24)}`,
  onSpoolStep: (step) => {
    if (step !== STEP) return;
    hits -= 1;
    if (hits === 0) process.kill(process.pid, 'SIGKILL');
  },
});
process.once('SIGTERM', () => void server.stop());
process.stdout.write(`${server.url}\n`);
