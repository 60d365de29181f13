import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../policy/registry.ts';
import type { S3Server } from '../s3/start.ts';
import { type Door, makeDoor } from './door.ts';

/** The version that .ci/run installs, from Maven Central: the server without plugins, and the Hive connector. */
const VERSION = '476';
/** Trino 476 wants this Java or a newer one. */
const LEAST_JAVA = 24;

const install = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  `exhibit/tools/trino-${VERSION}`,
);
const java = await findJava();

/** Empty where Trino and a Java for it are there, else the reason of a skip. In CI a missing one is a failure. */
export const why = whyNot();

function whyNot(): string {
  const missing = [
    ...(existsSync(join(install, 'bin/launcher')) ? [] : [`Trino ${VERSION}`]),
    ...(java === undefined ? [`Java ${LEAST_JAVA} or newer`] : []),
  ];
  if (missing.length === 0) return '';
  const reason = ` (skipped: no ${missing.join(' and no ')} found)`;
  if (process.env.CI === 'true') throw new Error(`tests against Trino cannot run${reason}`);
  return reason;
}

/** Homes in order: JAVA_HOME, then what is installed below /usr/lib/jvm. Undefined where all are too old. */
async function findJava(): Promise<string | undefined> {
  const installed = existsSync('/usr/lib/jvm')
    ? readdirSync('/usr/lib/jvm').map((name) => `/usr/lib/jvm/${name}`)
    : [];
  for (const home of [process.env.JAVA_HOME, ...installed]) {
    const release = home === undefined ? '' : await readFile(join(home, 'release'), 'utf8').catch(() => '');
    if (Number(/^JAVA_VERSION="([0-9]+)/m.exec(release)?.[1]) >= LEAST_JAVA) return home;
  }
  return undefined;
}

export interface Trino {
  /** `http://127.0.0.1:PORT` */
  url: string;
  /** Where it was asked for. */
  door: Door | undefined;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

/** How the Java machine is set up: for a short life, or to be fast once it is warm. */
interface Machine {
  heap?: string;
  warm?: boolean;
}

/** Most seconds until it answers; it takes half a minute on two cores, and minutes where they have much other work. */
const PATIENCE = 300;

/**
 * Starts a Trino on the loopback address, with a catalogue `lake`: Hive tables with partition projection over a bucket, and table definitions in a
 * folder of its own.
 * @param options.withDoor also with TLS, where it wants a password or a token
 * @throws Error with the end of the log, when it does not come up
 */
export async function startTrino(
  s3: Pick<S3Server, 'endpoint' | 'region' | 'credentials'>,
  options: { withDoor?: boolean } & Machine = {},
): Promise<Trino> {
  const { withDoor = false } = options;
  const folder = await mkdtemp(join(tmpdir(), 'exhibit-trino-'));
  const port = await freePort();
  await mkdir(join(folder, 'etc/catalog'), { recursive: true });
  await mkdir(join(folder, 'local/metastore'), { recursive: true });
  const door = withDoor ? await makeDoor(join(folder, 'door')) : undefined;
  const files = settings(folder, port, s3, options);
  for (const [file, lines] of Object.entries(door?.settings ?? {}))
    files[file] = [...(files[file] ?? []), ...lines];
  for (const [file, lines] of Object.entries(files))
    await writeFile(join(folder, 'etc', file), `${lines.join('\n')}\n`, { mode: 0o600 });
  const home = java ?? '';
  const child = spawn(
    join(install, 'bin/launcher'),
    ['run', '--etc-dir', join(folder, 'etc'), '--data-dir', join(folder, 'data')],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, JAVA_HOME: home, PATH: `${home}/bin:${process.env.PATH ?? ''}` },
    },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => {
      said = `${said}${text}`.slice(-4_000);
    });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await ready(url, child);
  } catch (cause) {
    await stop();
    throw new Error(`Trino did not come up: ${said}`, { cause });
  }
  return { url, door, stop };
}

function settings(
  folder: string,
  port: number,
  s3: Pick<S3Server, 'endpoint' | 'region' | 'credentials'>,
  { heap = '2G', warm = false }: Machine,
): Record<string, string[]> {
  return {
    'node.properties': [
      'node.environment=test',
      'node.id=test',
      'node.bind-ip=127.0.0.1',
      'node.internal-address=127.0.0.1',
    ],
    'jvm.config': [
      '-server',
      `-Xmx${heap}`,
      // A server of tests lives for a minute; one that people run is compiled whole.
      ...(warm ? ['-XX:+UseParallelGC'] : ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']),
      '-Dfile.encoding=UTF-8',
    ],
    'config.properties': [
      'coordinator=true',
      'node-scheduler.include-coordinator=true',
      `http-server.http.port=${port}`,
      `discovery.uri=http://127.0.0.1:${port}`,
      'query.max-memory=800MB',
      'query.max-memory-per-node=800MB',
    ],
    'log.properties': ['io.trino=WARN'],
    'catalog/lake.properties': [
      'connector.name=hive',
      'hive.metastore=file',
      'hive.metastore.catalog.dir=local:///metastore',
      'fs.native-local.enabled=true',
      `local.location=${folder}/local`,
      'fs.native-s3.enabled=true',
      `s3.endpoint=${s3.endpoint}`,
      `s3.region=${s3.region}`,
      's3.path-style-access=true',
      `s3.aws-access-key=${s3.credentials.accessKeyId}`,
      `s3.aws-secret-key=${s3.credentials.secretAccessKey}`,
      'hive.non-managed-table-writes-enabled=true',
      'hive.partition-projection-enabled=true',
    ],
  };
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < PATIENCE * 2; tries += 1) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    const info = await fetch(`${url}/v1/info`)
      .then(async (answer) => (await answer.json()) as { starting?: boolean })
      .catch(() => undefined);
    if (info?.starting === false) return;
    await sleep(500);
  }
  throw new Error(`it did not answer in ${PATIENCE} s`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = once(child, 'exit');
  child.kill('SIGKILL');
  await over;
}
