import { resolve } from 'node:path';
import { command, type Define } from '../command.ts';
import { number } from '../usage.ts';

/** `exhibit server` */
export const server: Define = (program, invoke) => {
  const group = command(
    program,
    'server',
    'the service: takes records in, serves bundles, speaks OPA’s management APIs, answers applications',
    ['exhibit server run server.yaml', 'exhibit server token ci-shop --emitter "ci/shop"'],
  );

  command(group, 'run', 'run until it is told to stop (SIGTERM, Ctrl-C)', 'exhibit server run server.yaml')
    .argument('<file>', 'configuration, YAML')
    .action((file: string) =>
      invoke(async (context) => (await import('../server/run.ts')).run(resolve(context.cwd, file), context)),
    );

  command(group, 'config', 'the settings in force, and what set each', [
    'exhibit server config server.yaml',
    'exhibit server config server.yaml --json',
  ])
    .argument('<file>', 'configuration, YAML')
    .option('--json', 'print JSON')
    .action((file: string, flags: { json?: boolean }) =>
      invoke(async (context) =>
        (await import('../server/show.ts')).showSettings(
          resolve(context.cwd, file),
          flags.json === true,
          context,
        ),
      ),
    );

  command(group, 'token', 'make a token, and the lines of the configuration that let it in', [
    'exhibit server token sidecar-eu --emitter opa/eu',
    'exhibit server token grafana --role auditor --days 90',
  ])
    .argument('<name>', 'who will hold it')
    .option('--role <role>', 'emitter, engineer, approver, auditor or administrator', 'emitter')
    .option('--emitter <name>', 'emitter name under which it may send; a glob')
    .option('--days <number>', 'how long it holds (default: 365)', number(0))
    .action((name: string, flags: { role: string; emitter?: string; days?: number }) =>
      invoke(async (context) => (await import('../server/token.ts')).makeToken(name, flags, context)),
    );
};
