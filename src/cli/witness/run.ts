import { jsonLog } from '../../server/index.ts';
import { startWitness } from '../../witness/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { stopSignal } from '../stop-signal.ts';

/** Runs the witness until the process is told to stop. A second signal ends it at once. */
export async function run(
  folder: string,
  { host, port }: { host: string; port: number },
  context: Context,
): Promise<ExitCode> {
  const { clock, stderr, stdout } = context;
  const log = jsonLog((line) => stderr.write(line), clock);
  const witness = await startWitness({ folder, host, port, clock, log });
  stdout.write(`${witness.url}\n`);
  const stop = stopSignal();
  if (!stop.aborted) await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
  await witness.stop();
  return EXIT.ok;
}
