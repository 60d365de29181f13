import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toolIsThere } from '../policy/export-corpus.ts';
import { type ApiServer, type Child, start } from './server.ts';

const NAME = 'kube-controller-manager';

/** Empty where the controllers are there, else the reason of a skip. */
export const noControllers = (await toolIsThere(NAME, ['--version'])) ? '' : ` (skipped: no ${NAME} found)`;

/**
 * Starts the controllers of Kubernetes beside an API server, each with an account of its own, as a cluster has them.
 * @param names such as `deployment-controller`
 */
export async function startControllers(
  { address, token, folder }: ApiServer,
  names: readonly string[],
): Promise<Child> {
  const config = join(folder, 'controllers.json');
  const cluster = { server: address, 'certificate-authority': join(folder, 'certificates', 'apiserver.crt') };
  await writeFile(
    config,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'here', cluster }],
      users: [{ name: 'admin', user: { token } }],
      contexts: [{ name: 'here', context: { cluster: 'here', user: 'admin' } }],
      'current-context': 'here',
    }),
    { mode: 0o600 },
  );
  return start(
    NAME,
    [
      `--kubeconfig=${config}`,
      '--use-service-account-credentials=true',
      `--service-account-private-key-file=${join(folder, 'accounts.pem')}`,
      `--controllers=${names.join(',')}`,
      '--leader-elect=false',
      '--secure-port=0',
    ],
    folder,
  );
}
