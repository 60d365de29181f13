import { Argument, Option } from 'commander';
import { collect, command, type Define } from '../command.ts';
import type { ReconcileFlags, SourceName } from '../reconcile/run.ts';
import { ofScope } from './population.ts';

/** `exhibit reconcile` */
export const reconcile: Define = (program, invoke) => {
  ofScope(
    command(program, 'reconcile', 'compare a population with what another system says happened', [
      'exhibit reconcile github-merges pulls.json --repository github.com/example/shop --evidence evidence --control soc2/cc8.1 --from 2026-07-01 --to 2026-09-30 --covers 2026-07-01..2026-09-30',
      'exhibit reconcile pipelines runs.json --workflow .github/workflows/gate.yml --repository github.com/example/shop --evidence evidence --control soc2/cc8.1 --from 2026-07-01 --to 2026-09-30',
      'exhibit reconcile cloudtrail trail/*.json.gz --evidence evidence --control soc2/cc6.1 --from 2026-07-01 --to 2026-09-30 -o json',
    ]),
    'evidence folder',
  )
    .addArgument(
      new Argument('<source>', 'whose export it is').choices([
        'github-merges',
        'gitlab-merges',
        'pipelines',
        'cloudtrail',
      ]),
    )
    .argument('<files...>', 'the export: JSON or JSON lines, also with gzip')
    .option('--repository <host/owner/name>', 'of merges and pipelines: as run records name it')
    .option('--branch <name>', 'only merges into this branch, repeatable', collect, [])
    .option('--workflow <name>', 'only pipelines of this name or file, repeatable', collect, [])
    .option('--covers <from..to>', 'days that the export was asked for (default: those of its events)')
    .addOption(
      new Option('-o, --output <format>', 'table or json').choices(['table', 'json']).default('table'),
    )
    .action((source: SourceName, files: string[], flags: ReconcileFlags) =>
      invoke(async (context) =>
        (await import('../reconcile/run.ts')).runReconcile(source, files, flags, context),
      ),
    );
};
