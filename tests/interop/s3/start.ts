import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { toolIsThere } from '../policy/export-corpus.ts';
import { freePort } from '../policy/registry.ts';

const run = promisify(execFile);

export interface S3Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

/** Id of a key with which objects can be encrypted (SSE-KMS); Ceph has it from its settings. */
export const KMS_KEY = 'testkey-1';

/** Ceph's S3 on this machine alone, empty, with its data in memory. Object Lock and versions work as on Amazon's. */
export interface S3Server {
  /** `http://127.0.0.1:PORT`. Buckets are in the path (`forcePathStyle`). */
  endpoint: string;
  region: string;
  /** Of a first user. */
  credentials: S3Credentials;
  /** Another user, who may do nothing in the buckets of the first. */
  addUser(name: string): Promise<S3Credentials>;
  /** Ends all of it and removes the folder. */
  stop(): Promise<void>;
}

const missing: string[] = [];
for (const name of ['ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin'])
  if (!(await toolIsThere(name, ['--version']))) missing.push(name);

/** Empty where the tools are there, else the reason of a skip. In CI a missing one is a failure. */
export const why = missing.length === 0 ? '' : ` (skipped: no ${missing.join(' and no ')} found)`;

/** Most seconds that one part may take until it answers. */
const PATIENCE = 60;

/**
 * Starts a monitor, one object store in memory (that takes so many gigabytes) and the S3 gateway on free ports; about ten seconds.
 * @throws Error with the end of the log, when one of them ends before it is ready
 */
export async function startS3({ gigabytes = 1 }: { gigabytes?: number } = {}): Promise<S3Server> {
  const folder = await mkdtemp(join(tmpdir(), 'exhibit-s3-'));
  const parts: Part[] = [];
  const stop = async (): Promise<void> => {
    for (const part of parts.reverse()) await part.end();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [monitor, gateway] = [await freePort(), await freePort()];
    // A name of its own makes the answer of `osd create` the same, however often it is asked.
    const [id, disk] = [randomUUID(), randomUUID()];
    const config = join(folder, 'ceph.conf');
    await writeFile(config, settings(folder, id, monitor, gateway, gigabytes));
    for (const name of ['mon', 'osd', 'rgw', 'run', 'log']) await mkdir(join(folder, name));
    const tool = async (name: string, ...args: string[]) =>
      (await run(name, ['-c', config, ...args], { timeout: PATIENCE * 1_000 })).stdout.trim();
    const start = (name: string, ...args: string[]) => {
      parts.push(startPart(name, ['-c', config, '-f', ...args], join(folder, 'log')));
    };

    const [keyring, map] = [join(folder, 'keyring'), join(folder, 'monmap')];
    await run('ceph-authtool', [
      ...['--create-keyring', keyring, '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *'],
    ]);
    await run('monmaptool', ['--create', '--addv', 'a', `[v1:127.0.0.1:${monitor}]`, '--fsid', id, map]);
    await tool('ceph-mon', '--mkfs', '-i', 'a', '--monmap', map, '--keyring', keyring);
    start('ceph-mon', '-i', 'a');
    await ready(
      parts,
      async () => void (await tool('ceph', '--connect-timeout', '5', 'osd', 'create', disk, '0')),
    );
    await tool('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', disk);
    // A monitor that has just answered may refuse again for a moment ("problem getting command descriptions").
    await ready(
      parts,
      async () =>
        void (await tool('ceph', 'osd', 'crush', 'add', 'osd.0', '1.0', 'root=default', 'host=localhost')),
    );
    start('ceph-osd', '-i', '0');
    start('radosgw', '-n', 'client.rgw.a');
    const endpoint = `http://127.0.0.1:${gateway}`;
    await ready(parts, async () => {
      if (!(await fetch(endpoint)).ok) throw new Error('not yet');
    });
    const addUser = async (name: string): Promise<S3Credentials> => {
      const made = {
        accessKeyId: `AK${randomBytes(9).toString('hex').toUpperCase()}`,
        secretAccessKey: randomBytes(20).toString('hex'),
      };
      await tool(
        'radosgw-admin',
        ...['user', 'create', `--uid=${name}`, `--display-name=${name}`],
        ...[`--access-key=${made.accessKeyId}`, `--secret=${made.secretAccessKey}`],
      );
      return made;
    };
    return { endpoint, region: 'us-east-1', credentials: await addUser('first'), addUser, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** One copy of everything, no authentication between the parts, all of it on the loopback address. */
function settings(folder: string, id: string, monitor: number, gateway: number, gigabytes: number): string {
  return `[global]
fsid=${id}
mon_initial_members=a
mon_host=[v1:127.0.0.1:${monitor}]
public_network=127.0.0.0/8
ms_bind_ipv6=false
auth_cluster_required=none
auth_service_required=none
auth_client_required=none
osd_pool_default_size=1
osd_pool_default_min_size=1
osd_pool_default_pg_num=4
osd_pool_default_pgp_num=4
osd_crush_chooseleaf_type=0
osd_crush_update_on_start=false
osd_class_update_on_start=false
mon_allow_pool_size_one=true
mon_warn_on_pool_no_redundancy=false
run_dir=${folder}/run
admin_socket=${folder}/run/$cluster-$name.$pid.asok
pid_file=${folder}/run/$name.pid
log_file=${folder}/log/$name.log
[mon.a]
mon_data=${folder}/mon
[osd]
osd_objectstore=memstore
memstore_device_bytes=${gigabytes * 1024 ** 3}
osd_data=${folder}/osd
[client.rgw.a]
rgw_frontends=beast endpoint=127.0.0.1:${gateway} tcp_nodelay=1
rgw_dns_name=localhost
rgw_data=${folder}/rgw
rgw_lc_debug_interval=10
rgw_crypt_require_ssl=false
rgw_crypt_s3_kms_backend=testing
rgw_crypt_s3_kms_encryption_keys=${KMS_KEY}=${Buffer.alloc(32, 7).toString('base64')}
`;
}

interface Part {
  name: string;
  log: string;
  child: ChildProcess;
  end(): Promise<void>;
}

function startPart(name: string, args: readonly string[], logs: string): Part {
  const log = join(logs, `${name}.out`);
  const out = openSync(log, 'w');
  const child = spawn(name, args, { stdio: ['ignore', out, out] });
  closeSync(out);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  // Nothing of it is kept, so nothing need be written: a stop in good order takes seconds.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  return {
    name,
    log,
    child,
    end: async () => {
      kill();
      await ended;
      process.off('exit', kill);
    },
  };
}

async function ready(parts: readonly Part[], ask: () => Promise<void>): Promise<void> {
  const until = Date.now() + PATIENCE * 1_000;
  for (;;) {
    const dead = parts.find(({ child }) => child.exitCode !== null);
    if (dead !== undefined) throw new Error(`${dead.name} ended: ${await tail(dead.log)}`);
    try {
      await ask();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

const tail = async (file: string): Promise<string> => (await readFile(file, 'utf8')).slice(-2_000);
