import { Option } from 'commander';
import { LAYERS, type Layer } from '../../record/index.ts';
import { collect, command, type Define } from '../command.ts';
import type { ApproveFlags } from '../override/approve.ts';
import type { ReportFlags } from '../override/report.ts';
import type { RequestFlags } from '../override/request.ts';

/** `exhibit override ...` */
export const override: Define = (program, invoke) => {
  const group = program
    .command('override')
    .summary('tickets that waive one policy until a date')
    .description('Tickets that waive one policy for a stated scope until a date.');
  command(group, 'request', 'write the file of an override, for somebody else to approve', [
    'exhibit override request policies --from report.json --policy container-not-privileged',
    'exhibit override request --policy db-encrypted --subject "aws_db_instance.legacy" --owner ada@example.com --ticket https://tickets.example.com/DB-7 --reason "The database is retired in March; see the plan."',
  ])
    .argument('[folder]', 'policy repository', '.')
    .option('--from <file>', 'report of `exhibit check -o json`: proposes its fails as scope')
    .option('--policy <id>', 'policy to waive')
    .option('--subject <glob>', 'subject of the scope; repeatable', collect, [])
    .option('--type <glob>', 'type of subject; repeatable', collect, [])
    .option('--environment <glob>', 'environment; repeatable', collect, [])
    .option('--repository <glob>', 'repository of what is judged, as host and path; repeatable', collect, [])
    .addOption(
      new Option('--layer <layer>', `layer; repeatable (${LAYERS.join(', ')})`)
        .argParser((value: string, before: string[]) => collect(value, before) as Layer[])
        .default([], 'all'),
    )
    .option('--file <glob>', 'file of what is judged; repeatable', collect, [])
    .option('--owner <person>', 'who answers for it: an address or a handle')
    .option('--approver <person>', 'another person, who approves it; may be said later')
    .option('--reason <text>', 'why, in words with 20 letters or more')
    .option('--ticket <url>', 'its ticket')
    .option('--sunset <date>', 'until when (default: 30 days, or what the policy allows)')
    .option('--id <id>', 'its id (default: from policy and ticket)')
    .option('--compensating-control <text>', 'what holds instead')
    .action((folder: string, flags: RequestFlags) =>
      invoke(async (context) => (await import('../override/request.ts')).request(folder, flags, context)),
    );
  command(group, 'approve', 'approve an override of somebody else, as code owner or by signature', [
    'exhibit override approve shop-417 policies --approver grace@example.com',
    'exhibit override approve shop-417 --key ~/.ssh/id_ed25519',
  ])
    .argument('<id>', 'override id')
    .argument('[folder]', 'policy repository', '.')
    .option('--approver <person>', 'who approves (default: whom the file names)')
    .option('--key <file>', 'sign with this SSH key; overrides/allowed_signers says whose it is')
    .option('--bytes', 'only print the bytes that are signed')
    .action((id: string, folder: string, flags: ApproveFlags) =>
      invoke(async (context) => (await import('../override/approve.ts')).approve(id, folder, flags, context)),
    );
  command(
    group,
    'list',
    'every override with owner, sunset and state; rejected ones too',
    'exhibit override list',
  )
    .argument('[folder]', 'policy repository', '.')
    .option('--json', 'print JSON')
    .action((folder: string, flags: { json?: boolean }) =>
      invoke(async (context) =>
        (await import('../policy/overrides.ts')).list(folder, flags.json === true, context),
      ),
    );
  command(group, 'lint', 'check that each override would apply', 'exhibit override lint')
    .argument('[folder]', 'policy repository', '.')
    .action((folder: string) =>
      invoke(async (context) => (await import('../policy/overrides.ts')).lint(folder, context)),
    );
  command(
    group,
    'tickets',
    'ask the trackers whether each ticket is there, open and its owner’s; keep the answers',
    'exhibit override tickets policies',
  )
    .argument('[folder]', 'policy repository', '.')
    .action((folder: string) =>
      invoke(async (context) => (await import('../override/tickets.ts')).tickets(folder, context)),
    );
  command(group, 'report', 'overrides in figures; reports against policies that are waived too often', [
    'exhibit override report policies --evidence evidence',
    'exhibit override report policies --write --open github:example/policies',
  ])
    .argument('[folder]', 'policy repository', '.')
    .option('--evidence <folder>', 'evidence folder: adds uses, orphans, and what was used too late')
    .option('--from <day>', 'first UTC day of the evidence (default: the first that it has)')
    .option('--to <day>', 'last UTC day of the evidence (default: the last that it has)')
    .option('--write', 'write overrides/reports/<policy>.md for each policy that is waived too often')
    .option('--open <tracker:project>', 'open a ticket for each of them, unless an open one is there')
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'),
    )
    .action((folder: string, flags: ReportFlags) =>
      invoke(async (context) => (await import('../override/report.ts')).report(folder, flags, context)),
    );
};
