import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, ExhibitError } from '../../record/index.ts';
import type { ClusterAccess, Credentials } from './types.ts';
import { READ_AGAIN } from './types.ts';

const FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * As the service account of the pod that this runs in.
 * @param folder where the kubelet puts token and certificate
 * @throws ExhibitError CONFIG_INVALID where this is no pod
 * @see https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
 */
export function inCluster(
  env: Readonly<Record<string, string | undefined>>,
  clock: Clock,
  folder = FOLDER,
): ClusterAccess {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = env;
  if (host === undefined || host === '')
    throw new ExhibitError('CONFIG_INVALID', 'no cluster is named, and this is no pod of one', {
      hint: 'Give --kubeconfig, or set KUBECONFIG. In a pod Kubernetes sets KUBERNETES_SERVICE_HOST.',
    });
  let last: { at: number; credentials: Credentials } | undefined;
  return {
    cluster: '',
    server: new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`),
    async credentials(fresh = false) {
      if (!fresh && last !== undefined && clock() - last.at < READ_AGAIN) return last.credentials;
      const [token, ca] = await Promise.all([read(folder, 'token'), read(folder, 'ca.crt')]);
      last = { at: clock(), credentials: { token: token.trim(), ca } };
      return last.credentials;
    },
  };
}

async function read(folder: string, name: string): Promise<string> {
  const file = join(folder, name);
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new ExhibitError('CONFIG_INVALID', `cannot read ${name} of the service account`, {
      cause,
      location: { file },
      hint: 'Let the pod mount the token of its service account (automountServiceAccountToken).',
    });
  }
}
