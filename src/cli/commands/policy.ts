import { Option } from 'commander';
import { command, type Define } from '../command.ts';
import type { ImpactFlags } from '../impact/run.ts';
import type { BuildFlags } from '../policy/build.ts';
import type { CoverageFlags } from '../policy/coverage.ts';
import type { DiffFlags } from '../policy/diff.ts';
import type { ExportFlags } from '../policy/export.ts';
import type { TestFlags } from '../policy/test.ts';
import { number } from '../usage.ts';

/** `exhibit init` and `exhibit policy ...` */
export const policy: Define = (program, invoke) => {
  command(program, 'init', 'make a policy repository with starter policies', [
    'exhibit init policies',
    'exhibit init policies --with kyverno',
  ])
    .argument('[folder]', 'folder to fill; files that are there stay', '.')
    .addOption(
      new Option('--with <tool>', 'also the starter policies whose tests call this tool').choices([
        'kyverno',
      ]),
    )
    .action((folder: string, flags: { with?: 'kyverno' }) =>
      invoke(async (context) => (await import('../policy/init.ts')).init(folder, flags, context)),
    );

  const group = program
    .command('policy')
    .summary('the life of a policy')
    .description(
      'The life of a policy: test, lint, list, show, coverage, diff, impact, build, export, sign, verify.',
    );

  command(group, 'test', 'run the policies’ own tests and their examples', [
    'exhibit policy test',
    'exhibit policy test policies --coverage 95',
    'exhibit policy test --policy image-fixed',
  ])
    .argument('[folder]', 'policy repository', '.')
    .option('--coverage <percent>', 'least share of rule lines that the tests must reach', number(0, 100))
    .option('--uncovered', 'list the lines that no test reaches')
    .option('--policy <id...>', 'test these policies only: seconds instead of a minute')
    .action((folder: string, flags: TestFlags) =>
      invoke(async (context) => (await import('../policy/test.ts')).test(folder, flags, context)),
    );

  command(group, 'lint', 'say what a policy lacks, with file, line and what to write', 'exhibit policy lint')
    .argument('[folder]', 'policy repository', '.')
    .option('--json', 'print JSON')
    .action((folder: string, flags: { json?: boolean }) =>
      invoke(async (context) =>
        (await import('../policy/lint.ts')).lint(folder, flags.json === true, context),
      ),
    );

  command(group, 'list', 'every policy with style, severity, layers and controls', [
    'exhibit policy list',
    'exhibit policy list --control soc2/cc6.1',
  ])
    .argument('[folder]', 'policy repository', '.')
    .option('--control <id>', 'only policies that support this control')
    .option('--json', 'print JSON')
    .action((folder: string, flags: { control?: string; json?: boolean }) =>
      invoke(async (context) => (await import('../policy/show.ts')).list(folder, flags, context)),
    );

  command(
    group,
    'show',
    'one policy: what it says, why, and where it is enforced',
    'exhibit policy show db-encrypted-at-rest',
  )
    .argument('<id>', 'policy id')
    .argument('[folder]', 'policy repository', '.')
    .action((id: string, folder: string) =>
      invoke(async (context) => (await import('../policy/show.ts')).show(id, folder, context)),
    );

  command(group, 'coverage', 'which controls of a framework have automated evidence, and which have none', [
    'exhibit policy coverage --framework soc2',
    'exhibit policy coverage --framework soc2 --all',
    'exhibit policy coverage policies -o json',
  ])
    .argument('[folder]', 'policy repository', '.')
    .option('--framework <id>', 'only this framework')
    .option('--all', 'every control with its policies and checks, not only those without evidence')
    .option('--on <day>', 'UTC day whose links count, YYYY-MM-DD (default: today)')
    .addOption(
      new Option('-o, --output <format>', 'how to print; json lists every check')
        .choices(['table', 'json'])
        .default('table'),
    )
    .action((folder: string, flags: CoverageFlags) =>
      invoke(async (context) => (await import('../policy/coverage.ts')).coverage(folder, flags, context)),
    );

  command(
    group,
    'build',
    'build the bundle of the committed policies; the same commit gives the same bytes',
    ['exhibit policy build', 'exhibit policy build --tag v1.4 --allowed-signers ../allowed_signers'],
  )
    .argument('[folder]', 'policy repository', '.')
    .option('--bundle <file>', 'file to write (default: .exhibit/bundle.tar.gz in the repository)')
    .option('--allow-dirty', 'build what lies in the folder, not the commit; the revision says so')
    .option('--require-signed-tag', 'refuse a commit without a signed tag (also release.require_signed_tag)')
    .option('--tag <name>', 'only this tag counts, and it must be signed')
    .option(
      '--allowed-signers <file>',
      'SSH keys that may sign (default: release.allowed_signers of the commit)',
    )
    .option('--keyring <file>', 'OpenPGP keys that may sign (default: release.keyring of the commit)')
    .action((folder: string, flags: BuildFlags) =>
      invoke(async (context) => (await import('../policy/build.ts')).build(folder, flags, context)),
    );

  command(group, 'diff', 'what changed between two versions of the policies, in words', [
    'exhibit policy diff v1.3 HEAD --fail-on-weaker',
    'exhibit policy diff old.tar.gz .exhibit/bundle.tar.gz -o json',
  ])
    .argument('<old>', 'bundle, folder, or git revision of the repository')
    .argument('<new>', 'bundle, folder, or git revision of the repository')
    .option('--repository <folder>', 'policy repository whose revisions are meant', '.')
    .option('--rules', 'show the rules that differ as a unified diff')
    .option('--fail-on-weaker', 'exit 1 where a change makes the policies weaker')
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'),
    )
    .action((before: string, after: string, flags: DiffFlags) =>
      invoke(async (context) => (await import('../policy/diff.ts')).diff(before, after, flags, context)),
    );

  command(group, 'impact', 'which recorded verdicts would change with other policies', [
    'exhibit policy impact --evidence ../evidence --bundle .exhibit/bundle.tar.gz',
    'exhibit policy impact --evidence ../evidence --bundle . --from 2026-11-01 --to 2026-11-30 -o json',
  ])
    .option('--evidence <folder>', 'evidence folder whose stored inputs are judged again')
    .requiredOption('--bundle <path>', 'bundle, or policy repository as it lies in a folder')
    .option('--from <day>', 'first UTC day of recording (default: 30 days, up to --to)')
    .option('--to <day>', 'last UTC day of recording (default: today)')
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'),
    )
    .action((flags: ImpactFlags) =>
      invoke(async (context) => (await import('../impact/run.ts')).impact(flags, context)),
    );

  command(
    group,
    'export',
    'write the policies in the form of another tool, or say that a folder of it is stale',
    [
      'exhibit policy export conftest --out exports/conftest',
      'exhibit policy export gatekeeper policies --out exports/gatekeeper --check',
    ],
  )
    .argument('<format>', 'form to write; a wrong name lists them all')
    .argument('[folder]', 'policy repository', '.')
    .requiredOption('--out <folder>', 'folder to write, or to check')
    .option('--check', 'write nothing: exit 1 when a file was changed, is missing, was added or is stale')
    .option('--verbose', 'name everything that is not in it, not only the first few of each reason')
    .option('--key <file>', 'private key, PEM: sign the bundle that the form carries')
    .option('--allow-dirty', 'a form that carries a bundle: of what lies in the folder, not of the commit')
    .action((format: string, folder: string, flags: ExportFlags) =>
      invoke(async (context) =>
        (await import('../policy/export.ts')).exportTo(format, folder, flags, context),
      ),
    );

  command(group, 'keys', 'make the key pair that signs bundles', 'exhibit policy keys')
    .argument('[folder]', 'policy repository', '.')
    .action((folder: string) =>
      invoke(async (context) => (await import('../policy/sign.ts')).keys(folder, context)),
    );

  command(group, 'sign', 'sign a bundle as stock OPA verifies it', [
    'exhibit policy sign',
    'exhibit policy sign --valid-days 7',
  ])
    .argument('[folder]', 'policy repository', '.')
    .option('--bundle <file>', 'bundle to sign (default: .exhibit/bundle.tar.gz)')
    .option('--key <file>', 'private key, PEM (default: .exhibit/keys/bundle.pem, made when it is not there)')
    .option(
      '--valid-days <days>',
      'how long the signature holds (default: bundle.valid_days of exhibit.yaml, else without end)',
      number(1, 3_650),
    )
    .action((folder: string, flags: { bundle?: string; key?: string; validDays?: number }) =>
      invoke(async (context) => (await import('../policy/sign.ts')).sign(folder, flags, context)),
    );

  command(group, 'verify', 'verify a bundle: signature, every file, age', 'exhibit policy verify')
    .argument('[folder]', 'policy repository', '.')
    .option('--bundle <file>', 'bundle to verify (default: .exhibit/bundle.tar.gz)')
    .option('--key <file>', 'public key, PEM (default: .exhibit/keys/bundle.pub.pem)')
    .action((folder: string, flags: { bundle?: string; key?: string }) =>
      invoke(async (context) => (await import('../policy/sign.ts')).verify(folder, flags, context)),
    );
};
