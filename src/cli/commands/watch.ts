import { collect, command, type Define } from '../command.ts';
import type { WatchFlags } from '../watch/options.ts';

/** `exhibit watch` */
export const watch: Define = (program, invoke) => {
  command(program, 'watch', 'judge what a Kubernetes cluster has: all of it, and each change as it comes', [
    'exhibit watch --evidence evidence --cluster shop-eu',
    'exhibit watch --evidence https://evidence.example.com --environment production --cadence PT6H',
    'exhibit watch --evidence evidence --resource deployments.apps --resource pods --namespace shop --once',
    'exhibit watch --reports --evidence evidence --cluster shop-eu',
    'exhibit watch --print-role exhibit/watch',
  ])
    .option(
      '--kubeconfig <file>',
      'how the cluster is reached (default: KUBECONFIG, ~/.kube/config; in a pod its service account)',
    )
    .option('--context <name>', 'context of the kubeconfig (default: its current one)')
    .option(
      '--resource <kind>',
      'kind to watch, in the plural, with its group: deployments.apps; repeatable (default: workloads, networking, RBAC, webhooks; never Secrets)',
      collect,
      [],
    )
    .option(
      '--namespace <name>',
      'only objects of this namespace, and those without one; repeatable',
      collect,
      [],
    )
    .option('--cluster <name>', 'name that tells findings of this cluster from those of others')
    .option('--environment <name>', 'environment of the cluster, for subjects that state none')
    .option('--bundle <file>', 'signed bundle (default: .exhibit/bundle.tar.gz)')
    .option(
      '--bundle-key <file>',
      'public key of which one must have signed the bundle; repeatable',
      collect,
      [],
    )
    .option(
      '--bundle-from <file>',
      'instead of both: where the bundle comes from, YAML with `bundles` as in the configuration of a server',
    )
    .option('--evidence <place>', 'evidence folder, or URL of a server (token in EXHIBIT_TOKEN)')
    .option(
      '--emitter <name>',
      'name under which the records are numbered (default: exhibit-watch@<cluster>)',
    )
    .option('--cadence <duration>', 'all objects are judged so often, and at the start', 'P1D')
    .option('--heartbeat <duration>', 'a sign of life so often', 'PT5M')
    .option('--once', 'judge all objects once, and end')
    .option(
      '--reports',
      'judge nothing, and take in what Kyverno, Gatekeeper and others write into reports of the cluster',
    )
    .option(
      '--print-role <account>',
      'print the least rights that this needs, for a service account NAMESPACE/NAME',
    )
    .action((flags: WatchFlags) =>
      invoke(async (context) => (await import('../watch/run.ts')).runWatch(flags, context)),
    );
};
