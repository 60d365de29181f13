import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toolIsThere } from '../policy/export-corpus.ts';
import { freePort } from '../policy/registry.ts';
import { request } from './client.ts';

/** A Kubernetes API server without nodes and controllers, on this machine alone. */
export interface ApiServer {
  /** `https://127.0.0.1:PORT`. */
  address: string;
  /** Bearer token of a member of `system:masters`. */
  token: string;
  /** Address of the store, etcd. */
  store: string;
  /** PEM that the server's certificate is verified with. */
  ca: string;
  /** A folder that goes with the server: for its logs and for files that its arguments name. */
  folder: string;
  /**
   * Ends the server and starts it again on the same port, with what its store has; requests fail meanwhile.
   * @param meanwhile what to do while it is away
   */
  restart(meanwhile?: () => Promise<void>): Promise<void>;
  /** Ends server and store, and removes the folder. */
  stop(): Promise<void>;
}

const missing: string[] = [];
for (const name of ['kube-apiserver', 'etcd'])
  if (!(await toolIsThere(name, ['--version']))) missing.push(name);

/** Empty where server and store are there, else the reason of a skip. In CI a missing one is a failure. */
export const why = missing.length === 0 ? '' : ` (skipped: no ${missing.join(' and no ')} found)`;

/**
 * Starts etcd and kube-apiserver on free ports, and waits until the server is ready.
 * @param more further arguments of kube-apiserver, such as `--audit-policy-file=...`; a function is given the server's folder
 * @throws Error with the end of the log, when one of them ends before it is ready
 */
export async function startApiServer(
  more: readonly string[] | ((folder: string) => Promise<readonly string[]>) = [],
): Promise<ApiServer> {
  const folder = await mkdtemp(join(tmpdir(), 'exhibit-apiserver-'));
  const children: Child[] = [];
  const stop = async (): Promise<void> => {
    for (const child of children.reverse()) await child.end();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const token = randomBytes(16).toString('hex');
    const [store, peers, port] = [await freePort(), await freePort(), await freePort()];
    const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const pem = key.export({ type: 'pkcs1', format: 'pem' });
    await writeFile(join(folder, 'accounts.pem'), pem, { mode: 0o600 });
    await writeFile(join(folder, 'tokens.csv'), `${token},admin,admin,system:masters\n`, { mode: 0o600 });
    const extra = typeof more === 'function' ? await more(folder) : more;
    children.push(start('etcd', etcdArguments(folder, store, peers), folder));
    const launch = () =>
      start('kube-apiserver', withArguments(serverArguments(folder, store, port), extra), folder);
    children.push(launch());
    const address = `https://127.0.0.1:${port}`;
    const ca = await ready(children, folder, address, token);
    const restart = async (meanwhile?: () => Promise<void>): Promise<void> => {
      await children.pop()?.end();
      await meanwhile?.();
      children.push(launch());
      await ready(children, folder, address, token);
    };
    return { address, store: `http://127.0.0.1:${store}`, token, ca, folder, restart, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function etcdArguments(folder: string, port: number, peers: number): string[] {
  const url = (of: number) => `http://127.0.0.1:${of}`;
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${url(port)}`,
    `--advertise-client-urls=${url(port)}`,
    `--listen-peer-urls=${url(peers)}`,
    `--initial-advertise-peer-urls=${url(peers)}`,
    `--initial-cluster=default=${url(peers)}`,
  ];
}

function serverArguments(folder: string, store: number, port: number): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${store}`,
    `--secure-port=${port}`,
    '--bind-address=127.0.0.1',
    // Where no other machine asks: an address for documentation (RFC 5737), so that no network card is needed.
    '--advertise-address=192.0.2.1',
    '--endpoint-reconciler-type=none',
    `--cert-dir=${join(folder, 'certificates')}`,
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.0.0.0/24',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${join(folder, 'accounts.pem')}`,
    `--service-account-signing-key-file=${join(folder, 'accounts.pem')}`,
    // No controller makes the account `default` here, without which this plugin refuses every pod.
    '--disable-admission-plugins=ServiceAccount',
  ];
}

/** What a caller says goes before what is said here. */
function withArguments(own: readonly string[], more: readonly string[]): string[] {
  const flag = (text: string) => text.split('=')[0];
  return [...own.filter((one) => !more.some((other) => flag(other) === flag(one))), ...more];
}

export interface Child {
  name: string;
  process: ChildProcess;
  end(): Promise<void>;
}

/** @param more variables of its environment */
export function start(
  name: string,
  args: readonly string[],
  folder: string,
  more: Readonly<Record<string, string>> = {},
): Child {
  const log = openSync(join(folder, `${name}.log`), 'a');
  // etcd of Debian wants to be told that it may run on this processor.
  const etcd = process.arch === 'arm64' ? { ETCD_UNSUPPORTED_ARCH: 'arm64' } : {};
  const env = { ...process.env, ...etcd, ...more };
  const child = spawn(name, [...args], { cwd: folder, env, stdio: ['ignore', log, log] });
  closeSync(log);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  // What they hold is thrown away, so nothing is lost when they end at once.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const end = async (): Promise<void> => {
    kill();
    await ended;
    process.off('exit', kill);
  };
  return { name, process: child, end };
}

/** Waits until the server says that it is ready, which includes the objects that it makes for itself; its certificates. */
async function ready(
  children: readonly Child[],
  folder: string,
  address: string,
  token: string,
): Promise<string> {
  for (;;) {
    const gone = children.find(({ process: { exitCode, pid } }) => exitCode !== null || pid === undefined);
    if (gone !== undefined) {
      const log = await readFile(join(folder, `${gone.name}.log`), 'utf8');
      throw new Error(`${gone.name} ended before it was ready: ${log.slice(-2_000)}`);
    }
    const ca = await readFile(join(folder, 'certificates', 'apiserver.crt'), 'utf8').catch(() => undefined);
    if (ca !== undefined) {
      const said = await request({ address, token, ca }, 'GET', '/readyz').catch(() => undefined);
      if (said?.status === 200) return ca;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
