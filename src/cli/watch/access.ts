import { type ClusterAccess, fromKubeconfig, inCluster } from '../../kubernetes/index.ts';
import { type Config, resolveConfig } from '../config/config.ts';
import type { Context } from '../context.ts';
import type { WatchFlags } from './options.ts';

/** The settings with what the command line says of them. */
export function configOf(flags: WatchFlags, context: Context): Config {
  return resolveConfig(
    {
      ...(flags.bundle === undefined ? {} : { bundle: flags.bundle }),
      ...(flags.bundleKey.length === 0 ? {} : { bundle_keys: flags.bundleKey }),
      ...(flags.evidence === undefined ? {} : { evidence: flags.evidence }),
      ...(flags.emitter === undefined ? {} : { emitter: flags.emitter }),
    },
    context,
  );
}

/** In a pod as its service account, unless a kubeconfig is named; else as the user of the kubeconfig. */
export function accessOf(
  { kubeconfig, context: name }: WatchFlags,
  context: Context,
): Promise<ClusterAccess> {
  const { env, cwd, clock } = context;
  const named = kubeconfig ?? name ?? env.KUBECONFIG;
  if (named === undefined && env.KUBERNETES_SERVICE_HOST !== undefined)
    return Promise.resolve(inCluster(env, clock));
  return fromKubeconfig({ env, cwd, clock, file: kubeconfig, context: name });
}
