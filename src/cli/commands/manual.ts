import { type Command, Option } from 'commander';
import { collect, command, type Define } from '../command.ts';
import { engagementOption } from '../engagement/options.ts';
import type { AddFlags } from '../manual/add.ts';
import type { PlaceFlags } from '../manual/common.ts';
import type { ListFlags } from '../manual/list.ts';
import type { ReviewFlags } from '../manual/review.ts';

/** `exhibit manual` */
export const manual: Define = (program, invoke) => {
  const group = command(
    program,
    'manual',
    'documents, screenshots and attestations as evidence, with reviews',
    'exhibit manual list --evidence evidence',
  );
  const add = command(group, 'add', 'add a file, or a text, as evidence of a control', [
    'exhibit manual add minutes.pdf --control soc2/cc1.2 --title "Board minutes, Q3" --valid-until 2027-09-30',
    'exhibit manual add --attest "I have read the code of conduct." --control soc2/cc1.1 --title "Code of conduct" --valid-until 2027-12-31 --reviewer grace@example.com --verdict pass',
  ])
    .argument('[file]', 'what to keep; its type is told by its content')
    .option('--attest <text>', 'a statement in place of a file')
    .requiredOption('--control <framework/control>', 'such as soc2/cc1.1; repeatable', collect, [])
    .requiredOption('--title <text>', 'what it shows')
    .requiredOption('--valid-until <day>', 'last UTC day on which it counts')
    .option(
      '--ai-system <id>',
      'the AI system that it documents, by the id of its registration; repeatable',
      collect,
      [],
    )
    .option('--supersedes <record>', 'the evidence that it replaces, which stays listed')
    .option('--despite-secrets', 'keep a text with lines that look like credentials and are none');
  reviewer(add, false).action((file: string | undefined, flags: AddFlags) =>
    invoke(async (context) => (await import('../manual/add.ts')).add(file, flags, context)),
  );
  const review = command(
    group,
    'review',
    'give a verdict on what somebody else added',
    'exhibit manual review 0192f0c1-7b5e-7d1c-8f7e-0d6b6a3f1c2a --verdict pass --reviewer grace@example.com',
  )
    .argument('<record>', 'record of the evidence, as manual list shows it')
    .option('--note <text>', 'why');
  reviewer(review, true).action((id: string, flags: ReviewFlags & PlaceFlags) =>
    invoke(async (context) => (await import('../manual/review.ts')).review(id, flags, context)),
  );
  const list = command(group, 'list', 'list all of it, also what was replaced, failed or is stale', [
    'exhibit manual list --evidence evidence',
    'exhibit manual list --evidence evidence --control soc2/cc1.1 --on 2026-12-31 -o json',
  ])
    .option('--framework <id>', 'of one framework')
    .option('--control <framework/control>', 'of one control')
    .option('--ai-system <id>', 'of one AI system')
    .option('--on <day>', 'tell freshness on this UTC day (default: today)');
  engagementOption(place(list)).action((flags: ListFlags) =>
    invoke(async (context) => (await import('../manual/list.ts')).list(flags, context)),
  );
};

function reviewer(to: Command, required: boolean): Command {
  const verdict = new Option('--verdict <verdict>', 'of the review').choices(['pass', 'fail']);
  const by = new Option('--reviewer <name>', 'who reviewed it: not who added it');
  return place(
    to.addOption(verdict.makeOptionMandatory(required)).addOption(by.makeOptionMandatory(required)),
  );
}

function place(to: Command): Command {
  return to
    .option('--evidence <folder>', 'evidence folder (default: that of the settings)')
    .option('--as <name>', 'who does it; a reference is recorded (default: the user of the machine)')
    .addOption(
      new Option('-o, --output <format>', 'table or json').choices(['table', 'json']).default('table'),
    );
}
