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
    .action((flags) =>
      invoke(async (context) => (await import('../admission/webhook.ts')).webhook(flags, context)),
    );
};
