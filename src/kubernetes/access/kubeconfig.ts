import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import type { z } from 'zod';
import { type Clock, ExhibitError } from '../../record/index.ts';
import { systemCode } from '../../store/index.ts';
import { type KubeCluster, type KubeUser, kubeconfigSchema } from './kubeconfig-schema.ts';
import { userCredentials } from './kubeconfig-user.ts';
import type { ClusterAccess } from './types.ts';

export interface KubeconfigOptions {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  clock: Clock;
  /** The files of KUBECONFIG, or ~/.kube/config, where none is named. */
  file?: string | undefined;
  /** The current one of the kubeconfig where none is named. */
  context?: string | undefined;
}

/** A part of a kubeconfig, and the file that it came from: paths in it start there. */
interface Placed<T> {
  value: T;
  file: string;
}

/**
 * As the user of a kubeconfig. The first file that has a cluster, a user or a context of a name counts, as with kubectl.
 * @throws ExhibitError CONFIG_INVALID; also for what is not done here: no verification of the server's certificate, proxies, impersonation, passwords
 * @see https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
 */
export async function fromKubeconfig(options: KubeconfigOptions): Promise<ClusterAccess> {
  const { env, cwd, file } = options;
  const listed = file ?? env.KUBECONFIG;
  const files =
    file !== undefined || listed === undefined || listed === ''
      ? [file ?? join(env.HOME ?? homedir(), '.kube', 'config')]
      : listed.split(delimiter).filter((name) => name !== '');
  const absolute = files.map((name) => resolve(cwd, name));
  const read = await Promise.all(absolute.map((name) => readOne(name, absolute.length > 1)));
  const configs = read.filter((one) => one !== undefined);
  const all = absolute.join(', ');
  const name =
    options.context ?? configs.find(({ value }) => value['current-context'])?.value['current-context'];
  if (name === undefined || name === '')
    throw invalid(all, 'the kubeconfig has no current context', 'Give --context.');
  const context = find(configs, ({ contexts }) => contexts?.find((one) => one.name === name)?.context);
  if (context === undefined) throw invalid(all, `the kubeconfig has no context ${name}`);
  const cluster = find(
    configs,
    ({ clusters }) => clusters?.find((one) => one.name === context.value.cluster)?.cluster,
  );
  if (cluster === undefined) throw invalid(all, `the kubeconfig has no cluster ${context.value.cluster}`);
  const user = find(configs, ({ users }) => users?.find((one) => one.name === context.value.user)?.user);
  if (user === undefined) throw invalid(all, `the kubeconfig has no user ${context.value.user}`);
  return accessOf(context.value.cluster, cluster, user, options);
}

function accessOf(
  name: string,
  { value: cluster, file }: Placed<KubeCluster>,
  user: Placed<KubeUser>,
  { env, clock }: KubeconfigOptions,
): ClusterAccess {
  const server = URL.canParse(cluster.server) ? new URL(cluster.server) : undefined;
  if (server?.protocol !== 'https:')
    throw invalid(
      file,
      `the server of cluster ${name} is not https`,
      'Credentials do not go over plain HTTP.',
    );
  if (cluster['insecure-skip-tls-verify'] === true)
    throw invalid(
      file,
      `cluster ${name} has insecure-skip-tls-verify`,
      'Give its certificate-authority: what nobody vouches for is no evidence.',
    );
  if (cluster['proxy-url'] !== undefined)
    throw invalid(file, `cluster ${name} has a proxy-url, which is not used here`);
  const serverName = cluster['tls-server-name'];
  return {
    cluster: name,
    server,
    ...(serverName === undefined ? {} : { serverName }),
    credentials: userCredentials(
      user.value,
      cluster,
      { user: dirname(user.file), cluster: dirname(file) },
      { env, clock },
    ),
  };
}

type Kubeconfig = z.infer<typeof kubeconfigSchema>;

function find<T>(
  configs: readonly Placed<Kubeconfig>[],
  pick: (config: Kubeconfig) => T | undefined,
): Placed<T> | undefined {
  for (const { value, file } of configs) {
    const found = pick(value);
    if (found !== undefined) return { value: found, file };
  }
  return undefined;
}

/** Of several files one may be missing, as with kubectl. */
async function readOne(file: string, several: boolean): Promise<Placed<Kubeconfig> | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (several && systemCode(cause) === 'ENOENT') return undefined;
    throw new ExhibitError('CONFIG_INVALID', 'cannot read the kubeconfig', {
      cause,
      location: { file },
      hint: 'Name one with --kubeconfig, or in KUBECONFIG.',
    });
  }
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    // Its own words would show a line of the file, which may hold a secret.
    throw invalid(file, 'the kubeconfig is not YAML');
  }
  const read = kubeconfigSchema.safeParse(value);
  if (read.success) return { value: read.data, file };
  const [issue] = read.error.issues;
  throw invalid(file, `the kubeconfig is not as expected at ${issue?.path.join('.') ?? 'its beginning'}`);
}

function invalid(file: string, message: string, hint?: string): ExhibitError {
  return new ExhibitError('CONFIG_INVALID', message, {
    location: { file },
    ...(hint === undefined ? {} : { hint }),
  });
}
