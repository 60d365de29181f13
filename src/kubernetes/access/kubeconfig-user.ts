import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Clock, ExhibitError } from '../../record/index.ts';
import { execCredentials } from './exec.ts';
import type { KubeCluster, KubeUser } from './kubeconfig-schema.ts';
import type { ClusterAccess, Credentials } from './types.ts';
import { READ_AGAIN } from './types.ts';

/** What a program gave is asked for again so long before it ends, in milliseconds. */
const BEFORE_END = 60_000;

interface Folders {
  user: string;
  cluster: string;
}

/** How credentials of a kubeconfig's user are got, each time anew where they stand in files or come from a program. */
export function userCredentials(
  user: KubeUser,
  cluster: KubeCluster,
  folders: Folders,
  { env, clock }: { env: Readonly<Record<string, string | undefined>>; clock: Clock },
): ClusterAccess['credentials'] {
  refuse(user);
  let last: { credentials: Credentials; until: number } | undefined;
  return async (fresh = false) => {
    if (!fresh && last !== undefined && clock() < last.until) return last.credentials;
    const own = await ofFiles(user, cluster, folders);
    const given = user.exec === undefined ? undefined : await execCredentials(user.exec, folders.user, env);
    const credentials = { ...own, ...given?.credentials };
    const ends = given === undefined ? READ_AGAIN : undefined;
    last = {
      credentials,
      until: ends === undefined ? (given?.until ?? Number.POSITIVE_INFINITY) - BEFORE_END : clock() + ends,
    };
    return credentials;
  };
}

function refuse(user: KubeUser): void {
  const why =
    user.as !== undefined
      ? 'impersonates another'
      : user.username !== undefined
        ? 'has a password, which no API server takes any more'
        : user['auth-provider'] !== undefined
          ? 'has an auth-provider, which Kubernetes took out in 1.26; an exec plugin took its place'
          : undefined;
  if (why !== undefined) throw new ExhibitError('CONFIG_INVALID', `the user of the kubeconfig ${why}`);
}

async function ofFiles(user: KubeUser, cluster: KubeCluster, folders: Folders): Promise<Credentials> {
  const [ca, cert, key, fileToken] = await Promise.all([
    pem(cluster['certificate-authority-data'], cluster['certificate-authority'], folders.cluster),
    pem(user['client-certificate-data'], user['client-certificate'], folders.user),
    pem(user['client-key-data'], user['client-key'], folders.user),
    user.tokenFile === undefined ? undefined : read(folders.user, user.tokenFile),
  ]);
  // The file goes before the text, as with kubectl.
  const token = fileToken?.trim() ?? user.token;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(token === undefined || token === '' ? {} : { token }),
  };
}

/** What stands in the kubeconfig itself goes before a file. */
async function pem(
  data: string | undefined,
  file: string | undefined,
  folder: string,
): Promise<string | undefined> {
  if (data !== undefined && data !== '') return Buffer.from(data, 'base64').toString('utf8');
  return file === undefined || file === '' ? undefined : read(folder, file);
}

async function read(folder: string, name: string): Promise<string> {
  const file = resolve(folder, name);
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new ExhibitError('CONFIG_INVALID', 'cannot read a file that the kubeconfig names', {
      cause,
      location: { file },
    });
  }
}
