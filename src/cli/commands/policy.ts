import { Option } from 'commander';
import { command, type Define } from '../command.ts';
import type { CoverageFlags } from '../policy/coverage.ts';
import type { ExportFlags } from '../policy/export.ts';

/** `exhibit init` and `exhibit policy ...` */
export const policy: Define = (program, invoke) => {
  command(program, 'init', 'make a policy repository with starter policies', 'exhibit init policies')
    .argument('[folder]', 'folder to fill; files that are there stay', '.')
    .action((folder: string) =>
      invoke(async (context) => (await import('../policy/init.ts')).init(folder, context)),
    );

  const group = program
    .command('policy')
    .summary('the life of a policy')
    .description('The life of a policy: test, lint, list, show, coverage, build, export, sign, verify.');

  command(group, 'test', 'run the policies’ own tests and their examples', [
    'exhibit policy test',
    'exhibit policy test policies --coverage 95',
  ])
    .argument('[folder]', 'policy repository', '.')
    .option('--coverage <percent>', 'least share of rule lines that the tests must reach', Number)
    .option('--uncovered', 'list the lines that no test reaches')
    .action((folder: string, flags: { coverage?: number; uncovered?: boolean }) =>
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

  command(group, 'list', 'every policy with severity, layers and controls', [
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
    'exhibit policy coverage policies -o json',
  ])
    .argument('[folder]', 'policy repository', '.')
    .option('--framework <id>', 'only this framework')
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
    'exhibit policy build',
  )
    .argument('[folder]', 'policy repository', '.')
    .option('--bundle <file>', 'file to write (default: .exhibit/bundle.tar.gz in the repository)')
    .option('--allow-dirty', 'build what lies in the folder, not the commit; the revision says so')
    .action((folder: string, flags: { bundle?: string; allowDirty?: boolean }) =>
      invoke(async (context) => (await import('../policy/build.ts')).build(folder, flags, context)),
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

  command(group, 'sign', 'sign a bundle as stock OPA verifies it', 'exhibit policy sign')
    .argument('[folder]', 'policy repository', '.')
    .option('--bundle <file>', 'bundle to sign (default: .exhibit/bundle.tar.gz)')
    .option('--key <file>', 'private key, PEM (default: .exhibit/keys/bundle.pem, made when it is not there)')
    .action((folder: string, flags: { bundle?: string; key?: string }) =>
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
