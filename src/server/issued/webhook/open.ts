import { ChangingConnection, fromKubeconfig, inCluster } from '../../../kubernetes/index.ts';
import { type Clock, ExhibitError } from '../../../record/index.ts';
import type { Log } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';
import type { IssuedSetting } from '../settings.ts';
import { CaKeeper } from './keeper.ts';

const LIMITS = { answerBytes: 4 * 1024 * 1024, answerMilliseconds: 10_000 };

/** @throws ExhibitError CONFIG_INVALID where it is not said how the API server is reached */
export async function openKeeper(
  setting: NonNullable<IssuedSetting['webhook']>,
  env: Readonly<Record<string, string | undefined>>,
  { clock, log, metrics }: { clock: Clock; log: Log; metrics: Metrics },
): Promise<CaKeeper> {
  const { configuration, kubeconfig, context } = setting;
  if (kubeconfig === undefined && (env.KUBERNETES_SERVICE_HOST ?? '') === '')
    throw new ExhibitError('CONFIG_INVALID', 'tls.issued.webhook: this is no pod of a cluster', {
      hint: 'Name a kubeconfig there.',
    });
  const access =
    kubeconfig === undefined
      ? inCluster(env, clock)
      : await fromKubeconfig({ env, cwd: process.cwd(), clock, file: kubeconfig, context });
  const connection = new ChangingConnection(access, LIMITS);
  return new CaKeeper({ connection, name: configuration, clock, log, metrics });
}
