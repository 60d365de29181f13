import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { SEVERITIES } from '../../record/index.ts';
import { collect, command, type Define } from '../command.ts';
import type { ActFlags, Asked } from '../findings/act.ts';
import type { NotifyFlags } from '../findings/notify.ts';
import type { ListFlags, OutputFlags } from '../findings/show.ts';

// Here again, so that help needs no heavy import; the schema of the report holds them together.
const STATES = ['open', 'acknowledged', 'reopened', 'waived', 'withdrawn', 'gone', 'resolved'] as const;
const STEPS = ['early_warning', 'notification', 'final_report'] as const;

/** `exhibit findings ...` */
export const findings: Define = (program, invoke) => {
  const group = program
    .command('findings')
    .summary('what failed at runtime: owner, due date, notices, figures')
    .description('What failed at runtime and is not mended: owner, due date, escalation, notices, figures.');
  place(
    command(group, 'list', 'list findings that are open, what is due first', [
      'exhibit findings list --evidence evidence',
      'exhibit findings list --evidence evidence --overdue -o json',
    ]),
  )
    .option('--all', 'closed ones, too')
    .addOption(choice('--state <state>', 'only of this state; repeatable', STATES))
    .addOption(choice('--severity <severity>', 'only of this severity; repeatable', SEVERITIES))
    .option('--owner <name>', 'only of this owner; repeatable', collect, [])
    .option('--policy <id>', 'only of this policy; repeatable', collect, [])
    .option('--overdue', 'only what is overdue')
    .action((flags: ListFlags) =>
      invoke(async (context) => (await import('../findings/show.ts')).listFindings(flags, context)),
    );
  place(
    command(
      group,
      'show',
      'show one finding: occurrences, history, the records that it rests on',
      'exhibit findings show F-0123456789abcdef --evidence evidence',
    ).argument('<id>', 'finding, or the beginning of its id'),
  ).action((id: string, flags: OutputFlags) =>
    invoke(async (context) => (await import('../findings/show.ts')).showFinding(id, flags, context)),
  );

  const act = (line: string, summary: string, example: string): Command =>
    place(command(group, line, summary, example).argument('<id>', 'finding')).option(
      '--as <person>',
      'who answers (default: the user of this machine); a reference is recorded, not the name',
    );
  const text = (made: Command): Command => made.option('--text <text>', 'a comment');
  const run = (id: string, asked: Asked, flags: ActFlags) =>
    invoke(async (context) => (await import('../findings/act.ts')).respondTo(id, asked, flags, context));
  text(
    act(
      'acknowledge',
      'say that somebody is at it; it stays open',
      'exhibit findings acknowledge F-0123456789abcdef --evidence evidence --text "Looking at it"',
    ),
  ).action((id: string, flags: ActFlags) => run(id, { action: 'acknowledge' }, flags));
  act(
    'comment',
    'say something about a finding',
    'exhibit findings comment F-0123456789abcdef --evidence evidence --text "Waits for the vendor"',
  )
    .requiredOption('--text <text>', 'the comment')
    .action((id: string, flags: ActFlags) => run(id, { action: 'comment' }, flags));
  text(
    act(
      'assign',
      'say whose a finding is',
      'exhibit findings assign F-0123456789abcdef --evidence evidence --to payments@example.com',
    ),
  )
    .requiredOption('--to <owner>', 'an address, a handle or a team')
    .action((id: string, flags: ActFlags & { to: string }) =>
      run(id, { action: 'assign', owner: flags.to }, flags),
    );
  text(
    act(
      'snooze',
      'hold reminders back, until the due date at the latest',
      'exhibit findings snooze F-0123456789abcdef --evidence evidence --until 2026-12-01',
    ),
  )
    .requiredOption('--until <time>', 'day, or time with its zone')
    .action((id: string, flags: ActFlags & { until: string }) =>
      run(id, { action: 'snooze', until: flags.until }, flags),
    );
  text(
    act(
      'incident',
      'mark a significant incident: starts the clock of NIS2 Article 23',
      'exhibit findings incident F-0123456789abcdef --evidence evidence --known 2026-11-22T10:00:00Z',
    ),
  )
    .option('--known <time>', 'when it became known (default: now)')
    .action((id: string, flags: ActFlags & { known?: string }) =>
      run(id, { action: 'incident', ...(flags.known === undefined ? {} : { known: flags.known }) }, flags),
    );
  text(
    act(
      'submit',
      'record that a step of Article 23 was submitted',
      'exhibit findings submit F-0123456789abcdef early_warning --evidence evidence --reference CSIRT-417',
    ),
  )
    .addArgument(new Argument('<step>', 'which step').choices(STEPS))
    .requiredOption('--reference <text>', 'what the authority gave: its number or address')
    .option('--at <time>', 'when it was submitted (default: now)')
    .action(
      (id: string, step: (typeof STEPS)[number], flags: ActFlags & { reference: string; at?: string }) =>
        run(
          id,
          {
            ...{ action: 'submit', step, reference: flags.reference },
            ...(flags.at === undefined ? {} : { at: flags.at }),
          },
          flags,
        ),
    );
  place(
    command(group, 'notify', 'tell the channels of respond.yaml what is new, escalated or late, each once', [
      'exhibit findings notify --evidence evidence',
      'exhibit findings notify --evidence evidence --dry-run',
    ]),
  )
    .option('--dry-run', 'only say what would be told')
    .option('--resend', 'tell again what may have arrived: its end is not known')
    .action((flags: NotifyFlags) =>
      invoke(async (context) => (await import('../findings/notify.ts')).notify(flags, context)),
    );
  place(
    command(
      group,
      'metrics',
      'time to detect, acknowledge and resolve, open ones counted',
      'exhibit findings metrics --evidence evidence',
    ),
  ).action((flags: OutputFlags) =>
    invoke(async (context) => (await import('../findings/show.ts')).showMetrics(flags, context)),
  );
};

function place(made: Command): Command {
  return made
    .option('--evidence <folder>', 'evidence folder (default: that of the settings)')
    .option('--config <file>', 'owners, due dates, channels (default: respond.yaml, where it is there)')
    .addOption(
      new Option('-o, --output <format>', 'table or json').choices(['table', 'json']).default('table'),
    );
}

function choice(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, `${description} (${choices.join(', ')})`)
    .argParser((value: string, before: string[]) => {
      if (!choices.includes(value))
        throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`);
      return collect(value, before);
    })
    .default([], 'all');
}
