import { resolve } from 'node:path';
import { command, type Define } from '../command.ts';
import { number } from '../usage.ts';

/** `exhibit witness ...`: what an auditor runs beside somebody else's log. */
export const witness: Define = (program, invoke) => {
  const group = program
    .command('witness')
    .summary(
      'co-sign the checkpoints of logs, as long as each goes on from the one before (c2sp.org/tlog-witness)',
    )
    .description(
      'A witness: it co-signs the checkpoints of logs, as long as each goes on from the one before.',
    );

  command(group, 'init', 'make a witness with its own key', [
    'exhibit witness init witness --name witness.example.org/w1',
    'exhibit witness init witness --name witness.example.org/w1 --key both',
  ])
    .argument('<folder>', 'folder to make')
    .requiredOption('--name <name>', 'name of the witness, unique in the world: a URL without its scheme')
    .option('--key <type>', 'ed25519, ml-dsa-44 (Node 24.6 or newer) or both', 'ed25519')
    .action((folder: string, flags: { name: string; key: string }) =>
      invoke(async (context) =>
        (await import('../witness/manage.ts')).init(resolve(context.cwd, folder), flags, context),
      ),
    );

  command(group, 'add', 'let a log come to the witness', [
    'exhibit witness add witness log.vkey',
    'exhibit witness add witness new-log.vkey --only',
  ])
    .argument('<folder>', 'folder of the witness')
    .argument('<vkey>', 'public key of the log from a place that you trust, as text or in a file')
    .option('--origin <name>', 'first line of its checkpoints, where that is not the name of the key')
    .option('--only', 'take away the other keys of the log: it has handed over to this one')
    .action((folder: string, vkey: string, flags: { origin?: string; only?: boolean }) =>
      invoke(async (context) =>
        (await import('../witness/manage.ts')).add(resolve(context.cwd, folder), vkey, flags, context),
      ),
    );

  command(group, 'show', 'keys, logs, what was co-signed last, and checkpoints that contradict each other', [
    'exhibit witness show witness',
  ])
    .argument('<folder>', 'folder of the witness')
    .option('--json', 'print JSON')
    .action((folder: string, flags: { json?: boolean }) =>
      invoke(async (context) =>
        (await import('../witness/manage.ts')).show(
          resolve(context.cwd, folder),
          flags.json === true,
          context,
        ),
      ),
    );

  command(group, 'run', 'run until it is told to stop (SIGTERM, Ctrl-C)', [
    'exhibit witness run witness',
    'exhibit witness run witness --host 0.0.0.0 --port 8421',
  ])
    .argument('<folder>', 'folder of the witness')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port; 0: any free one', number(0, 65_535), 8_421)
    .action((folder: string, flags: { host: string; port: number }) =>
      invoke(async (context) =>
        (await import('../witness/run.ts')).run(resolve(context.cwd, folder), flags, context),
      ),
    );
};
