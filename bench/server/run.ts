import { parseArgs } from 'node:util';
import { benchData } from './data.ts';
import { benchIngest } from './ingest.ts';
import { benchWaiters } from './waiters.ts';

// node bench/server/run.ts [--only ingest|waiters|data] [--seconds 8] [--rounds 3]
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    seconds: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '3' },
  },
});
const [seconds, rounds] = [Number(values.seconds), Number(values.rounds)];
const parts = {
  ingest: () => benchIngest(seconds),
  waiters: () => benchWaiters(rounds),
  data: () => benchData(seconds / 2, rounds),
};
for (const [name, run] of Object.entries(parts)) {
  if (values.only !== undefined && values.only !== name) continue;
  for (const row of await run()) console.log(JSON.stringify(row));
}
