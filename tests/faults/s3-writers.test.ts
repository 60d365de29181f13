import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { S3 } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  attachLedger,
  initLedger,
  joinLedger,
  openReader,
  REMOTE_STEPS,
  STEPS,
  takeOver,
  verifyLedger,
} from '../../src/ledger/index.ts';
import { parseRecord } from '../../src/record/index.ts';
import type { S3Store } from '../../src/store/index.ts';
import { administrator, become, lockedBucket, storeOn } from '../interop/s3/bucket.ts';
import { type S3Server, startS3, why } from '../interop/s3/start.ts';
import { faultsOf, type S3Proxy, startS3Proxy } from './s3-proxy.ts';

/** 200 with EXHIBIT_ROUNDS=200, in about 12 minutes. */
const ROUNDS = Number(process.env.EXHIBIT_ROUNDS ?? '16');
const SHARE = 0.05;
const CHILD = join(import.meta.dirname, 's3-writer-child.ts');
const random = (length: number) => randomBytes(length);

describe.skipIf(why !== '')(`writers of one log in a bucket of Ceph${why}`, () => {
  let server: S3Server;
  let client: S3;
  let proxy: S3Proxy;
  let root: string;
  let store: S3Store;
  let folders: [string, string];
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    server = await startS3();
    client = administrator(server);
    become(server.credentials);
  });
  beforeEach(async () => {
    proxy = await startS3Proxy(server.endpoint);
    root = mkdtempSync(join(tmpdir(), 'exhibit-writers-'));
    folders = [join(root, 'a'), join(root, 'b')];
    writeFileSync(join(root, 'acks'), '');
    const [bucket, work] = [await lockedBucket(client), await lockedBucket(client, false)];
    const at = { endpoint: proxy.endpoint, region: server.region, path_style: true };
    const places = {
      store: { ...at, url: `s3://${bucket}/prod`, lock: { days: 1 } },
      work: { ...at, url: `s3://${work}/prod` },
      lock: { kind: 's3' as const },
    };
    store = storeOn(server, { url: `s3://${bucket}/prod` });
    const options = { clock: Date.now, random };
    await initLedger(folders[0], { origin: 'example.com/audit', ...options });
    await attachLedger(folders[0], places, options);
    await joinLedger(folders[1], places, readFileSync(join(folders[0], 'keys/signer.key'), 'utf8'));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
    store.close();
    await proxy.stop();
    rmSync(root, { recursive: true });
  });
  afterAll(async () => {
    client.destroy();
    await server.stop();
  });

  interface Writer {
    child: ChildProcess;
    /** Sizes and roots that it said it had sealed. */
    sealed: [number, string][];
    writing: Promise<void>;
    /** Exit code; null where it was killed. */
    end: Promise<number | null>;
    errors: () => string;
  }
  const writer = (folder: string, environment: Record<string, string>): Writer => {
    const child = spawn(process.execPath, [CHILD], {
      env: { ...process.env, FOLDER: folder, ACKS: join(root, 'acks'), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    const sealed: [number, string][] = [];
    const opened = Promise.withResolvers<void>();
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line === 'writing') opened.resolve();
      const [, size, hash = ''] = /^sealed (\d+) (\w+)$/.exec(line) ?? [];
      if (size !== undefined) sealed.push([Number(size), hash]);
    });
    let said = '';
    child.stderr.on('data', (part: Buffer) => {
      said += part.toString();
    });
    const end = once(child, 'exit').then(([code]) => code as number | null);
    end.then(() => opened.resolve());
    return { child, sealed, writing: opened.promise, end, errors: () => said };
  };

  /** Every acknowledged record is in the log, none twice, each state that was ever sealed is a prefix of it, and all of it verifies. */
  const mustHold = async (sealed: readonly [number, string][]): Promise<number> => {
    proxy.next = () => undefined;
    await takeOver(folders[1], { clock: Date.now, random });
    const notes = readFileSync(join(root, 'acks'), 'utf8').split('\n').slice(0, -1);
    const acknowledged = notes.flatMap((line) => line.split(' '));
    const reader = await openReader(store);
    const { size } = await reader.checkpoint();
    const found = new Set<string>();
    let decisions = 0;
    const gaps: string[] = [];
    for await (const { bytes } of reader.entries(0, size)) {
      const { record_id, record_type } = parseRecord(bytes);
      if (record_type === 'gap') gaps.push(Buffer.from(bytes).toString());
      if (record_type !== 'decision') continue;
      decisions += 1;
      found.add(record_id);
    }
    expect(found.size).toBe(decisions);
    expect(acknowledged.filter((id) => !found.has(id))).toHaveLength(0);
    // No number was given out twice, and nobody says so.
    expect(gaps).toEqual([]);
    for (const [at, hash] of sealed) expect([at, await reader.rootAt(at)]).toEqual([at, hash]);
    expect((await verifyLedger(store)).checkpoint.size).toBe(size);
    expect((await verifyLedger(folders[1])).checkpoint.size).toBe(size);
    return acknowledged.length;
  };

  it(`are killed at their steps, ${ROUNDS} times, behind a network that fails: nothing acknowledged is lost, and there is no fork`, async () => {
    const steps = [...STEPS, ...REMOTE_STEPS];
    const sealed: [number, string][] = [];
    const ends = new Map<string, number>();
    let last = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      proxy.next = faultsOf(round + 1, SHARE);
      const step = steps[(round * 5) % steps.length] ?? '';
      // Sometimes the same folder goes on, sometimes the other one takes over.
      const at = round % 3 === 0 ? last : 1 - last;
      const one = writer(folders[at] ?? '', {
        ROUNDS: '6',
        STEP: step,
        HITS: String(1 + (round % 4)),
        TAKE_OVER: at === last ? 'no' : 'yes',
      });
      const code = await one.end;
      sealed.push(...one.sealed);
      const how = code === null ? 'killed' : String(code);
      ends.set(how, (ends.get(how) ?? 0) + 1);
      expect(['killed', '0', '7', '8'], one.errors()).toContain(how);
      // Killed before it had taken over, or overtaken by nobody: the lock says who writes.
      last = at;
    }
    expect(ends.get('killed')).toBeGreaterThan(ROUNDS / 2);
    expect(await mustHold(sealed)).toBeGreaterThan(ROUNDS * 100);
  });

  it('one that was stopped, overtaken and woken again acknowledges nothing more', async () => {
    const sealed: [number, string][] = [];
    for (let round = 0; round < Math.max(3, ROUNDS / 10); round += 1) {
      const [from, to] = round % 2 === 0 ? folders : ([folders[1], folders[0]] as const);
      const first = writer(from, { ROUNDS: '1000' });
      await first.writing;
      while (first.sealed.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
      first.child.kill('SIGSTOP');
      const second = writer(to, { ROUNDS: '4', TAKE_OVER: 'yes' });
      expect(await second.end, second.errors()).toBe(0);
      first.child.kill('SIGCONT');
      expect(await first.end, first.errors()).toBe(7);
      sealed.push(...first.sealed, ...second.sealed);
    }
    await mustHold(sealed);
  });
});
