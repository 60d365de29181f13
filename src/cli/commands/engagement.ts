import { type Command, Option } from 'commander';
import { collect, command, type Define } from '../command.ts';
import type { AnswerFlags } from '../engagement/answer.ts';
import type { PlaceFlags } from '../engagement/flags.ts';
import type { LinkFlags } from '../engagement/link.ts';
import type { OpenFlags } from '../engagement/manage.ts';
import { sourceOptions } from './query.ts';

/** `exhibit engagement`: one audit, from its opening to its end. */
export const engagement: Define = (program, invoke) => {
  const group = program
    .command('engagement')
    .summary('one audit: framework, period, auditor, expiry')
    .description('One audit: framework, period, auditor, expiry. All that is done in it is on the record.');

  place(
    command(
      group,
      'open',
      'open an engagement; it expires by itself and cannot be changed',
      'exhibit engagement open --evidence evidence --framework soc2 --from 2026-01-01 --to 2026-03-31 --auditor "Ada, Example Audit" --expires 2026-06-30',
    ),
  )
    .requiredOption('--framework <id>', 'such as soc2')
    .requiredOption('--from <day>', 'first UTC day of the period, YYYY-MM-DD')
    .requiredOption('--to <day>', 'last UTC day of the period')
    .requiredOption(
      '--auditor <name>',
      'who audits; the log gets a salted reference, the name is kept apart from it',
    )
    .option('--expires <day>', 'last day, or a time with its zone (default: in 90 days; at most in 400)')
    .action((flags: OpenFlags) =>
      invoke(async (context) => (await import('../engagement/manage.ts')).open(flags, context)),
    );

  readPlace(
    command(group, 'list', 'all engagements of a log', 'exhibit engagement list --evidence evidence'),
  ).action((flags: PlaceFlags) =>
    invoke(async (context) => (await import('../engagement/manage.ts')).list(flags, context)),
  );

  readPlace(
    command(
      group,
      'show',
      'one engagement: its state, its requests, what was read',
      'exhibit engagement show eng-0123456789abcdef --evidence evidence',
    ).argument('<id>', 'engagement'),
  ).action((id: string, flags: PlaceFlags) =>
    invoke(async (context) => (await import('../engagement/manage.ts')).show(id, flags, context)),
  );

  readPlace(
    command(group, 'answer', 'the answer for every control, with what it rests on', [
      'exhibit engagement answer eng-0123456789abcdef --evidence evidence --vkey log.vkey',
      'exhibit engagement answer eng-0123456789abcdef --evidence s3://acme-evidence/prod --engine trino --server https://trino.acme.example --vkey log.vkey',
    ]).argument('<id>', 'engagement'),
  )
    .option(
      '--vkey <key>',
      'public key of the log or of a witness, as text or in a file; repeatable',
      collect,
      [],
    )
    .option('--policy <file>', 'logs that you believe and witnesses that you ask for (c2sp.org/tlog-policy)')
    .action((id: string, flags: AnswerFlags) =>
      invoke(async (context) => (await import('../engagement/answer.ts')).answer(id, flags, context)),
    );

  place(
    command(
      group,
      'request',
      'as the auditor: ask the team for something',
      'exhibit engagement request eng-0123456789abcdef "Who approved override OV-7?" --control cc6.1 --evidence evidence',
    )
      .argument('<id>', 'engagement')
      .argument('<text>', 'what is asked')
      .option('--control <id>', 'about this control'),
  ).action((id: string, text: string, flags: PlaceFlags & { control?: string }) =>
    invoke(async (context) => {
      const { say } = await import('../engagement/manage.ts');
      const { control } = flags;
      return say(id, { text, ...(control === undefined ? {} : { control }) }, flags, context);
    }),
  );

  place(
    command(
      group,
      'reply',
      'as the team: reply to a request',
      'exhibit engagement reply eng-0123456789abcdef 0192f0c1-0000-7000-8000-000000000000 "See ticket 12." --evidence evidence',
    )
      .argument('<id>', 'engagement')
      .argument('<request>', 'record id of the request')
      .argument('<text>', 'the reply'),
  ).action((id: string, request: string, text: string, flags: PlaceFlags) =>
    invoke(async (context) =>
      (await import('../engagement/manage.ts')).say(id, { text, request }, flags, context),
    ),
  );

  command(
    group,
    'link',
    'ask a server for a link that signs in once: the auditor, or one of the team',
    'exhibit engagement link eng-0123456789abcdef --server https://evidence.example.com',
  )
    .argument('[id]', 'engagement; left out for one of the team')
    .requiredOption('--server <url>', 'server with a portal; its token is in EXHIBIT_TOKEN')
    .addOption(
      new Option('--role <role>', 'for one of the team, with this role (needs an administrator)').choices([
        'engineer',
        'approver',
        'administrator',
      ]),
    )
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'),
    )
    .action((id: string | undefined, flags: LinkFlags) =>
      invoke(async (context) => (await import('../engagement/link.ts')).link(id, flags, context)),
    );

  place(
    command(
      group,
      'close',
      'end an engagement before it expires',
      'exhibit engagement close eng-0123456789abcdef --reason "the report was signed" --evidence evidence',
    ).argument('<id>', 'engagement'),
  )
    .requiredOption('--reason <text>', 'why')
    .action((id: string, flags: PlaceFlags & { reason: string }) =>
      invoke(async (context) => (await import('../engagement/manage.ts')).close(id, flags, context)),
    );
};

/** What only reads may be of a bucket, too, and answered by another engine. */
function readPlace(made: Command): Command {
  return sourceOptions(place(made, 'evidence folder or s3://BUCKET/PREFIX (default: that of the settings)'));
}

function place(made: Command, about = 'evidence folder (default: that of the settings)'): Command {
  return made
    .option('--evidence <place>', about)
    .option('--as <name>', 'who does it (default: the user of this machine)')
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'),
    );
}
