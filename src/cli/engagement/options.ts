import type { Command } from 'commander';

/** Flags of every command that can be asked within an engagement. */
export function withinOptions(to: Command): Command {
  return engagementOption(to).option(
    '--as <name>',
    'who asks; a reference is recorded (default: the user of the machine)',
  );
}

/** The same for a command that has `--as` already. */
export function engagementOption(to: Command): Command {
  return to.option(
    '--engagement <id>',
    'within this engagement: its framework and period, and the read is on its record',
  );
}
