import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import { initLedger, openLedger, openReader } from '../../ledger/index.ts';
import type { EvidenceRecord } from '../../record/index.ts';
import { newToken, type RunningServer, startServer } from '../index.ts';
import type { ServerOptions } from '../options.ts';
import { type Role, settingsSchema } from '../settings.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));

export type Given = Omit<z.input<typeof settingsSchema>, 'evidence'>;

export interface Harness {
  readonly folder: string;
  /** Of the server that runs now. */
  readonly url: string;
  readonly server: RunningServer;
  readonly log: { level: string; event: string; [field: string]: unknown }[];
  /** Bearer tokens of three callers: one that sends as `ci/shop`, an engineer, an auditor. */
  readonly tokens: Readonly<Record<'emitter' | 'engineer' | 'auditor', string>>;
  send(path: string, init?: RequestInit & { token?: string | null }): Promise<Response>;
  /** Stops the server; `restart` brings it back. */
  stop(): Promise<void>;
  /** Stops the server and starts it again on the same folder, with other settings where they are given. */
  restart(given?: Given): Promise<void>;
  /** Stops the server and reads every record of the log. */
  records(): Promise<EvidenceRecord[]>;
  remove(): Promise<void>;
}

/** A server on a free port of this machine, with a ledger of its own. */
export async function harness(
  given: Given = {},
  clock: () => number = Date.now,
  more: Pick<ServerOptions, 'fetchFromSns'> = {},
): Promise<Harness> {
  const folder = await mkdtemp(join(tmpdir(), 'exhibit-server-'));
  const evidence = join(folder, 'evidence');
  await initLedger(evidence, { origin: 'example.com/server', clock, random });
  const log: Harness['log'] = [];
  const made = {
    emitter: newToken(random),
    engineer: newToken(random),
    auditor: newToken(random),
  };
  const token = (name: keyof typeof made, emitters: string[]) => ({
    name,
    hash: made[name].hash,
    roles: [name] as Role[],
    emitters,
  });
  const start = (settings: Given) =>
    startServer({
      settings: settingsSchema.parse({
        ...settings,
        evidence,
        emitter: 'server',
        listen: { port: 0, ...settings.listen },
        auth: {
          ...settings.auth,
          tokens: [
            token('emitter', ['ci/shop']),
            token('engineer', ['ci/*']),
            token('auditor', []),
            ...(settings.auth?.tokens ?? []),
          ],
        },
      }),
      version: '0.0.0-test',
      clock,
      random,
      log: (level, event, fields) => void log.push({ level, event, ...fields }),
      openLedger: (sealThread) => openLedger(evidence, { clock, random, sealThread }),
      actorOf: (name) => `actor:${createHash('sha256').update(name).digest('hex').slice(0, 24)}`,
      keysApart: 0,
      triesApart: 1,
      ...more,
    });
  let settings = given;
  let server = await start(settings);
  let running = true;
  const stop = async () => {
    if (running) await server.stop();
    running = false;
  };
  return {
    folder,
    log,
    tokens: { emitter: made.emitter.token, engineer: made.engineer.token, auditor: made.auditor.token },
    get url() {
      return server.url;
    },
    get server() {
      return server;
    },
    send(path, { token: own = made.emitter.token, ...init } = {}) {
      const headers = new Headers(init.headers);
      if (own !== null) headers.set('authorization', `Bearer ${own}`);
      return fetch(`${server.url}${path}`, { ...init, headers });
    },
    stop,
    async restart(next = settings) {
      await stop();
      settings = next;
      server = await start(settings);
      running = true;
    },
    async records() {
      await stop();
      const reader = await openReader(evidence);
      const { size } = await reader.checkpoint();
      const records: EvidenceRecord[] = [];
      for await (const { bytes } of reader.entries(0, size))
        records.push(JSON.parse(Buffer.from(bytes).toString()) as EvidenceRecord);
      await reader.close();
      return records;
    },
    async remove() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Records as a body of a batch. */
export function lines(records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}
