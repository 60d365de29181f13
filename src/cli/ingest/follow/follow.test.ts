import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Server, ServerCredentials, type ServerWritableStream } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { initLedger, openReader } from '../../../ledger/index.ts';
import type { EvidenceRecord } from '../../../record/index.ts';
import type { Config } from '../../config/config.ts';
import type { Context } from '../../context.ts';
import type { Target } from '../target.ts';
import { FollowedFlood } from './flood.ts';
import { readEvent } from './records.ts';
import { type FollowOptions, follow } from './run.ts';
import { FileTail } from './tail.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exhibit-follow-'));
  file = join(folder, 'events.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const event = (second: number, rule = 'Terminal shell in container') =>
  JSON.stringify({
    rule,
    priority: 'Notice',
    output: `number ${second}`,
    time: `2026-03-01T12:00:${String(second).padStart(2, '0')}.000000001Z`,
    output_fields: { 'k8s.ns.name': 'shop', 'k8s.pod.name': 'web' },
  });
const NOWHERE: Target = {
  reference: () => undefined,
  blob: async () => {},
  append: async () => {},
  end: async () => '',
  close: async () => {},
};
const add = (...seconds: number[]) => {
  for (const second of seconds) appendFileSync(file, `${event(second)}\n`);
};

describe('a file that grows', () => {
  const all = async (tail: FileTail) => {
    const seen: string[] = [];
    const lost: string[] = [];
    for (let found = await tail.read(); found !== undefined; found = await tail.read()) {
      seen.push(...found.lines.map((line) => (JSON.parse(line.toString()) as { output: string }).output));
      if (found.lost !== undefined) lost.push(found.lost);
    }
    return { seen, lost };
  };
  const numbers = (...seconds: number[]) => seconds.map((second) => `number ${second}`);

  it('gives each line once its end is there, through a rotation', async () => {
    const tail = new FileTail(file, undefined);
    expect(await tail.read()).toBeUndefined();
    add(1, 2);
    appendFileSync(file, event(3).slice(0, 30));
    expect((await all(tail)).seen).toEqual(numbers(1, 2));
    appendFileSync(file, `${event(3).slice(30)}\n`);
    renameSync(file, `${file}.1`);
    appendFileSync(`${file}.1`, `${event(4)}\n`);
    add(5);
    expect(await all(tail)).toEqual({ seen: numbers(3, 4, 5), lost: [] });
    await tail.close();
  });

  it('goes on where it ended, also in a file that was rotated since', async () => {
    add(1, 2, 3);
    const first = new FileTail(file, undefined);
    const { place } = (await first.read()) ?? {};
    await first.close();
    add(4);
    renameSync(file, `${file}.1`);
    add(5);
    const second = new FileTail(file, place);
    expect(await all(second)).toEqual({ seen: numbers(4, 5), lost: [] });
    await second.close();
  });

  it('says what may be lost: a file that was cut, one that is not there any more', async () => {
    add(1, 2);
    const tail = new FileTail(file, undefined);
    const { place } = (await tail.read()) ?? {};
    truncateSync(file, 0);
    add(3);
    const cut = await all(tail);
    expect(cut.seen).toEqual(numbers(3));
    expect(cut.lost).toEqual([expect.stringContaining('was cut')]);
    await tail.close();
    const other = join(folder, 'other');
    writeFileSync(other, `${event(9)}\n`);
    renameSync(other, file);
    const after = new FileTail(file, place);
    expect(await all(after)).toEqual({
      seen: numbers(9),
      lost: [expect.stringContaining('not there any more')],
    });
    await after.close();
  });
});

describe('following', () => {
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const evidence = () => join(folder, 'evidence');
  const context = (): Context => {
    const sink = { write: () => undefined, isTTY: false, columns: 80 };
    const env = { EXHIBIT_STATE: join(folder, 'state') };
    return { env, cwd: folder, clock: Date.now, random, stdout: sink, stderr: sink };
  };
  const config = (): Config => ({
    evidence: { value: evidence(), origin: 'flag', from: '--evidence' },
    emitter: { value: 'falco@node-1', origin: 'flag', from: '--emitter' },
  });
  const run = async (
    from: FollowOptions['from'],
    until: () => Promise<boolean>,
    format = 'falco',
    flood?: FollowOptions['flood'],
  ) => {
    const stop = new AbortController();
    const going = follow(
      { format, from, useBundle: false, signal: stop.signal, every: 20, ...(flood && { flood }) },
      config(),
      context(),
    );
    for (let tries = 0; tries < 400 && !(await until()); tries += 1) await sleep(25);
    stop.abort();
    await going;
  };
  const records = async () => {
    const reader = await openReader(evidence());
    const { size } = await reader.checkpoint();
    const found: EvidenceRecord[] = [];
    for await (const { bytes } of reader.entries(0, size))
      found.push(JSON.parse(Buffer.from(bytes).toString()) as EvidenceRecord);
    await reader.close();
    return found.filter(({ emitter }) => emitter === 'falco@node-1');
  };
  const count = async () => (await records()).filter(({ record_type }) => record_type === 'decision').length;
  beforeEach(() =>
    initLedger(evidence(), { origin: 'example.com/follow', clock: Date.now, random }).then(() => undefined),
  );

  it('records each line of a file, once, also after a restart that forgot where it was', async () => {
    add(1, 2, 3);
    await run({ file: 'events.json' }, async () => (await count()) >= 3);
    add(4);
    appendFileSync(file, '{"rule": "broken\n');
    await run({ file: 'events.json' }, async () => (await count()) >= 4);
    rmSync(join(folder, 'state'), { recursive: true });
    add(5);
    await run({ file: 'events.json' }, async () => (await count()) >= 5);
    const found = await records();
    expect(found.filter(({ record_type }) => record_type === 'decision')).toHaveLength(5);
    expect(found.filter(({ details }) => details?.kind === 'event unread')).toHaveLength(1);
  });

  describe('a flood', () => {
    const flood = { window_seconds: 1, same: 2, distinct: 2 };
    const counted = ({ details }: EvidenceRecord) =>
      (details?.counted as { events: number; first: string; last: string } | undefined)?.events ?? 0;
    const decisions = async () => (await records()).filter(({ record_type }) => record_type === 'decision');
    /** How many events records speak of. */
    const told = async () => (await decisions()).reduce((sum, record) => sum + (counted(record) || 1), 0);

    it('is counted, and said: a record for each rule and subject, in a run that says what it is', async () => {
      add(...Array.from({ length: 12 }, (_, second) => second));
      await run({ file: 'events.json' }, async () => (await told()) >= 12, 'falco', flood);
      const all = await decisions();
      expect(all.map(counted).sort()).toEqual([0, 0, 10]);
      const [record] = all.filter((each) => counted(each) > 0);
      expect(record).toMatchObject({
        policy_id: 'falco/Terminal shell in container',
        observed_at: '2026-03-01T12:00:11.000Z',
        details: {
          counted: { events: 10, first: '2026-03-01T12:00:02.000Z', last: '2026-03-01T12:00:11.000Z' },
        },
      });
      const of = (await records()).find(
        ({ record_type, run_id }) => record_type === 'run' && run_id === record?.run_id,
      );
      expect(of?.details?.note).toContain('a flood: 10 events');
    });

    it('of more rules than can be told apart loses none', async () => {
      for (let second = 0; second < 12; second += 1)
        appendFileSync(file, `${event(second, `rule ${second % 4}`)}\n`);
      await run({ file: 'events.json' }, async () => (await told()) >= 12, 'falco', flood);
      expect(await told()).toBe(12);
    });

    it('that nobody recorded before the end is recorded by the next process', async () => {
      const how = { format: 'falco', emitter: 'falco@node-1', bundle: undefined };
      const event_ = async (second: number) => {
        const found = await readEvent(Buffer.from(event(second)), how, NOWHERE, context());
        if ('unread' in found) throw new Error('not read');
        return found;
      };
      const broken: Target = { ...NOWHERE, append: () => Promise.reject(new Error('no room')) };
      const first = new FollowedFlood(how, evidence(), broken, context(), flood);
      await first.open();
      for (let second = 0; second < 6; second += 1) await first.counts(await event_(second));
      await first.written();
      await first.close();
      add(7);
      await run({ file: 'events.json' }, async () => (await told()) >= 5, 'falco', flood);
      expect((await decisions()).map(counted).sort()).toEqual([0, 4]);
    });
  });

  /** The published files of Falco, as far as messages and the method go. */
  const PUBLISHED = `syntax = "proto3";
package falco.outputs;
message Timestamp { int64 seconds = 1; int32 nanos = 2; }
enum priority { option allow_alias = true; EMERGENCY = 0; ALERT = 1; CRITICAL = 2; ERROR = 3; WARNING = 4; NOTICE = 5; INFORMATIONAL = 6; DEBUG = 7; }
enum source { SYSCALL = 0; K8S_AUDIT = 1; INTERNAL = 2; }
message response {
  Timestamp time = 1;
  priority priority = 2;
  source source = 3;
  string rule = 4;
  string output = 5;
  map<string, string> output_fields = 6;
  string hostname = 7;
}
`;

  it('asks Falco over gRPC for what is there, and gives each event as its JSON has it', async () => {
    const type = protobuf.parse(PUBLISHED, { keepCase: true }).root.lookupType('falco.outputs.response');
    const waiting = [1, 2].map((second) =>
      Buffer.from(
        type
          .encode(
            type.fromObject({
              time: { seconds: 1_772_366_400 + second, nanos: 123_456_789 },
              priority: 'CRITICAL',
              source: 'K8S_AUDIT',
              rule: 'Terminal shell in container',
              output: `number ${second}`,
              output_fields: { 'k8s.ns.name': 'shop', 'k8s.pod.name': 'web', 'user.name': 'root' },
              hostname: 'node-1',
            }),
          )
          .finish(),
      ),
    );
    waiting.push(Buffer.from([0xff, 0xff]));
    const server = new Server();
    server.addService(
      {
        get: {
          path: '/falco.outputs.service/get',
          requestStream: false,
          responseStream: true,
          requestSerialize: (bytes: Buffer) => bytes,
          requestDeserialize: (bytes: Buffer) => bytes,
          responseSerialize: (bytes: Buffer) => bytes,
          responseDeserialize: (bytes: Buffer) => bytes,
        },
      },
      {
        get: (call: ServerWritableStream<Buffer, Buffer>) => {
          for (const each of waiting.splice(0)) call.write(each);
          call.end();
        },
      },
    );
    const address = `unix://${join(folder, 'falco.sock')}`;
    await new Promise<void>((done, failed) =>
      server.bindAsync(address, ServerCredentials.createInsecure(), (error) =>
        error === null ? done() : failed(error),
      ),
    );
    try {
      await run({ grpc: { address } }, async () => (await count()) >= 2);
    } finally {
      server.forceShutdown();
    }
    const found = await records();
    const decisions = found.filter(({ policy_id }) => policy_id === 'falco/Terminal shell in container');
    expect(
      decisions.map(({ observed_at, severity, subject_id }) => [observed_at, severity, subject_id]),
    ).toEqual([
      ['2026-03-01T12:00:01.123Z', 'critical', 'Pod/shop/web'],
      ['2026-03-01T12:00:02.123Z', 'critical', 'Pod/shop/web'],
    ]);
    // The broken message is an error on the record.
    expect(found.filter(({ verdict }) => verdict === 'error')).toHaveLength(1);
  });

  it('refuses to ask Falco beyond this machine without certificates', async () => {
    await expect(
      run({ grpc: { address: 'falco.example.com:5060' } }, async () => true),
    ).rejects.toMatchObject({ code: 'USAGE' });
  });
});
