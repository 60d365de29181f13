import { startWitness } from '../../src/witness/index.ts';

/** A witness that is killed. Told by the environment: FOLDER, STEP and HITS (kill at the nth time of a durable step). */
const { FOLDER = '', STEP = '', HITS = '1' } = process.env;
let hits = Number(HITS);

const { url } = await startWitness({
  folder: FOLDER,
  host: '127.0.0.1',
  port: 0,
  clock: Date.now,
  log: () => undefined,
  onStep: (step) => {
    if (step !== STEP) return;
    hits -= 1;
    if (hits === 0) process.kill(process.pid, 'SIGKILL');
  },
});
process.stdout.write(`${url}\n`);
