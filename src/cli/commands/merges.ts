import { Argument, Option } from 'commander';
import { collect, command, type Define } from '../command.ts';
import type { ImportFlags } from '../merges/import.ts';

/** `exhibit merges ...` */
export const merges: Define = (program, invoke) => {
  const group = program
    .command('merges')
    .summary('merged changes against the runs of the gate')
    .description('Merged changes against the runs of the gate: who came past it, of how many.');
  command(group, 'import', 'compare merged changes with recorded runs; record each bypass', [
    'exhibit merges import github --repository github.com/example/shop --evidence evidence --file pulls.json',
    'exhibit merges import gitlab --repository gitlab.com/example/shop --evidence evidence --branch main --from 2026-10-01 --to 2026-12-31',
  ])
    .addArgument(new Argument('<provider>', 'whose events').choices(['github', 'gitlab']))
    .requiredOption('--repository <name>', 'host, owner and name, as run records name it')
    .option('--evidence <place>', 'evidence folder, or URL of a server that takes the records')
    .option('--runs <folder>', 'with a server: its evidence folder or a copy, in which the runs are read')
    .option('--file <file>', 'REST answers, webhooks, audit events (JSON); repeatable', collect, [])
    .option('--api <url>', 'base of the REST API (default: that of the host); GITHUB_TOKEN, GITLAB_TOKEN')
    .option('--branch <name>', 'merges into this branch; repeatable', collect, [])
    .option('--from <day>', 'first UTC day of the merges, YYYY-MM-DD')
    .option('--to <day>', 'last UTC day')
    .option('--skip-label <name>', 'label that skips the gate; repeatable', collect, [])
    .option('--require-verified', 'only runs whose emitter an OIDC issuer or a certificate vouches for')
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'),
    )
    .action((provider: 'github' | 'gitlab', flags: ImportFlags) =>
      invoke(async (context) => (await import('../merges/import.ts')).importMerges(provider, flags, context)),
    );
};
