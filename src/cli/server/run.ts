import { availableParallelism } from 'node:os';
import { openReader } from '../../ledger/index.ts';
import { isElsewhere, jsonLog, ownFolder, readSettings, startServer } from '../../server/index.ts';
import type { Context } from '../context.ts';
import { actorReference } from '../evidence/actors.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { openWriter, remember } from '../ledger/memory.ts';
import { VERSION } from '../version.ts';
import { packerOf } from './packer.ts';

/** Runs the server until the process is told to stop. A second signal ends it at once. */
export async function run(file: string, context: Context): Promise<ExitCode> {
  const { settings } = readSettings(file, context.env);
  const log = jsonLog((line) => context.stderr.write(line), context.clock);
  const actors = new Map<string, string>();
  const server = await startServer({
    settings,
    version: VERSION,
    clock: context.clock,
    random: context.random,
    log,
    judgeThreads: Math.min(4, availableParallelism()),
    openLedger: (sealThread) => openWriter(settings.evidence, context, sealThread),
    ...(context.env.EXHIBIT_TOKEN === undefined ? {} : { token: context.env.EXHIBIT_TOKEN }),
    packer: packerOf(settings.evidence),
    actorOf: (name) => {
      const known = actors.get(name) ?? actorReference(ownFolder(settings), name, context.random);
      actors.set(name, known);
      return known;
    },
  });
  context.stdout.write(`${server.url}\n`);
  await stopSignal();
  await server.stop();
  if (isElsewhere(settings)) return EXIT.ok;
  const reader = await openReader(settings.evidence);
  await remember(reader, context);
  await reader.close();
  return EXIT.ok;
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}
