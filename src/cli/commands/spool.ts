import { command, type Define } from '../command.ts';

/** `exhibit spool ...` */
export const spool: Define = (program, invoke) => {
  const group = program
    .command('spool')
    .summary('records of this machine that wait for a server')
    .description('Records of this machine that wait for a server.');

  command(
    group,
    'status',
    'how many runs wait, for which server, and which were refused',
    'exhibit spool status',
  )
    .option('--json', 'print JSON')
    .action((flags: { json?: boolean }) =>
      invoke(async (context) => (await import('../spool/status.ts')).status(flags.json === true, context)),
    );

  command(group, 'send', 'send what waits (token in EXHIBIT_TOKEN)', [
    'exhibit spool send',
    'exhibit spool send https://evidence.example.com:8420',
  ])
    .argument('[url]', 'server (default: the setting evidence, else each for which something waits)')
    .action((url: string | undefined) =>
      invoke(async (context) => (await import('../spool/send.ts')).send(url, context)),
    );
};
