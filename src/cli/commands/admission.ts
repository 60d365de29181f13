import { Option } from 'commander';
import { ExhibitError } from '../../record/index.ts';
import type { ReconcileFlags } from '../admission/reconcile.ts';
import { command, type Define } from '../command.ts';
import { number } from '../usage.ts';

/** `exhibit admission ...` */
export const admission: Define = (program, invoke) => {
  const group = program
    .command('admission')
    .summary('judge what a Kubernetes cluster admits')
    .description('Judge what a Kubernetes cluster admits: `exhibit server` answers its API server.');

  command(group, 'webhook', 'print the configuration that lets an API server ask the server', [
    'exhibit admission webhook --service exhibit/exhibit --ca ca.pem',
    'exhibit admission webhook --url https://exhibit.example.com:8420 --exempt monitoring',
    'exhibit admission webhook --service exhibit/exhibit --keep-ca',
    'exhibit admission webhook --print-role exhibit/exhibit',
  ])
    .option('--service <namespace/name[:port]>', 'the service of the server in the cluster')
    .option('--url <url>', 'or its address outside of the cluster')
    .option(
      '--ca <file>',
      'PEM of the authority of its certificate (default: those that the API server trusts)',
    )
    .option(
      '--exempt <namespace...>',
      'namespaces that are not judged, besides those of the cluster itself',
      [],
    )
    .option('--ignore-failures', 'admit everything while the server cannot answer (default: nothing)')
    .option('--timeout <seconds>', 'how long an API server waits (default: 5)', number(0))
    .option('--deletes', 'judge also what is deleted')
    .option('--keep-ca', 'let the server keep caBundle itself (tls.issued.webhook of its configuration)')
    .option(
      '--print-role <namespace/account>',
      'print instead what the service account of the server needs for --keep-ca',
    )
    .action((flags) =>
      invoke(async (context) => (await import('../admission/webhook.ts')).webhook(flags, context)),
    );

  command(group, 'reconcile', 'compare what an API server admitted with what the webhook recorded', [
    'exhibit admission reconcile --evidence evidence --webhook webhook.yaml --record',
    'exhibit admission reconcile audit.log --evidence evidence --from 2026-11-01 --to 2026-11-30 -o json',
  ])
    .argument(
      '[files...]',
      'audit logs of the API server (default: the batches that it sent to exhibit server)',
    )
    .option('--evidence <folder>', 'evidence folder (default: that of the settings)')
    .option(
      '--webhook <file>',
      'the configuration that is meant to be in the cluster, as admission webhook printed it',
    )
    .option('--exempt <namespace...>', 'without --webhook: namespaces that are not judged', [])
    .option('--deletes', 'without --webhook: what is deleted is judged, too')
    .option('--from <time>', 'first day, or time with its zone (default: a day before --to)')
    .option('--to <time>', 'last day, or time with its zone (default: now)')
    .option('--emitter <glob>', 'names under which the webhook of this cluster sends', '**')
    .option('--audit-emitter <glob>', 'names under which this API server sends its audit events', '**')
    .option(
      '--record',
      'write a gap for what is missing, a bypass for what was done to the configuration, and the counts',
    )
    .addOption(
      new Option('-o, --output <format>', 'table or json').choices(['table', 'json']).default('table'),
    )
    .action((files: string[], flags: ReconcileFlags & { evidence?: string }) =>
      invoke(async (context) => {
        const [{ resolveConfig }, { reconcileAdmission }, { isServer }] = await Promise.all([
          import('../config/config.ts'),
          import('../admission/reconcile.ts'),
          import('../evidence/remote.ts'),
        ]);
        const given = flags.evidence === undefined ? {} : { evidence: flags.evidence };
        const evidence = resolveConfig(given, context).evidence?.value;
        if (evidence === undefined || isServer(evidence))
          throw new ExhibitError('USAGE', 'name the evidence folder', {
            hint: 'Where a server keeps it, run this beside the server.',
          });
        return reconcileAdmission(evidence, files, flags, context);
      }),
    );
};
