import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Digest, ExhibitError, type RecordDraft, uuidv7 } from '../record/index.ts';
import {
  openSpool,
  type RefusedRecord,
  type Sink,
  type Spool,
  type SpoolEvent,
  type SpoolOptions,
} from './index.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));
const run = (message: string): Omit<RecordDraft, 'sequence'> => ({
  schema: 'exhibit.record/1',
  record_id: uuidv7(Date.now(), random),
  record_type: 'heartbeat',
  observed_at: '2026-11-26T12:00:00.000Z',
  emitter: 'any',
  layer: 'evidence',
  tool: 'exhibit',
  message,
});

/** An evidence server in memory, that can be away. */
class Server implements Sink {
  readonly blobs = new Map<Digest, Uint8Array>();
  readonly records: RecordDraft[] = [];
  away = false;
  refuse: (record: RecordDraft) => boolean = () => false;
  /** What an answer waits for. */
  slow: Promise<void> = Promise.resolve();
  async putBlobs(blobs: ReadonlyMap<Digest, Uint8Array>): Promise<void> {
    this.#here();
    for (const [digest, bytes] of blobs) this.blobs.set(digest, Uint8Array.from(bytes));
  }
  async take(records: readonly string[]): Promise<RefusedRecord[]> {
    this.#here();
    await this.slow;
    const all = records.map((text) => ({ text, record: JSON.parse(text) as RecordDraft }));
    const refused = all.filter(({ record }) => this.refuse(record));
    this.records.push(...all.filter(({ record }) => !this.refuse(record)).map(({ record }) => record));
    return refused.map(({ text }) => ({ code: 'RECORD_INVALID', message: 'no', record: text }));
  }
  close(): void {}
  #here(): void {
    if (this.away) throw new ExhibitError('SERVER_UNREACHABLE', 'it is away');
  }
}

describe('a spool', () => {
  let folder: string;
  let server: Server;
  let spool: Spool;
  let events: SpoolEvent[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'exhibit-spool-'));
    server = new Server();
    events = [];
  });
  afterEach(async () => {
    await spool.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const open = async (more: Partial<SpoolOptions> = {}): Promise<Spool> => {
    spool = await openSpool({
      folder,
      emitter: 'webhook',
      bytes: 1_000_000,
      clock: Date.now,
      random,
      sink: server,
      every: 1,
      longest: 5,
      onEvent: (event) => void events.push(event),
      ...more,
    });
    return spool;
  };
  const until = async (done: () => boolean) => {
    while (!done()) await new Promise((next) => setTimeout(next, 2));
  };
  const files = () => readdirSync(folder).filter((name) => name.endsWith('.spool'));

  it('sends what it keeps, blobs first, numbered without gaps, and then holds nothing', async () => {
    await open();
    const blob = new TextEncoder().encode('abc');
    await Promise.all(
      Array.from({ length: 50 }, (_, i) => spool.keep({ own: [run(`${i}`), run(`${i}b`)], blobs: [blob] })),
    );
    await until(() => server.records.length === 100 && spool.state().bytes === 0);
    expect(server.records.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(new Set(server.records.map(({ emitter }) => emitter))).toEqual(new Set([spool.emitter]));
    // SHA-256 of `abc`, FIPS 180-2 appendix B.1.
    expect([...server.blobs.keys()]).toEqual([
      'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    ]);
    expect(spool.state()).toEqual({
      bytes: 0,
      files: 0,
      oldest: undefined,
      refused: 0,
      failure: undefined,
      full: false,
    });
  });

  it('keeps while the server is away, says so once, and a later process sends it and numbers on', async () => {
    server.away = true;
    await open();
    await spool.keep({ own: [run('one'), run('two')] });
    await until(() => events.length > 0);
    await spool.keep({ own: [run('three')] });
    expect(spool.state()).toMatchObject({ failure: 'it is away', full: false });
    expect(events).toEqual([{ kind: 'failed', code: 'SERVER_UNREACHABLE', message: 'it is away' }]);
    const { emitter } = spool;
    await spool.close();
    server.away = false;
    await open();
    await spool.keep({ own: [run('four')] });
    await until(() => server.records.length === 4);
    expect(server.records.map(({ emitter, sequence, message }) => [emitter, sequence, message])).toEqual(
      ['one', 'two', 'three', 'four'].map((message, at) => [emitter, at, message]),
    );
    await spool.close();
    await open();
    await spool.keep({ own: [run('five')] });
    await until(() => server.records.length === 5);
    expect(server.records[4]?.sequence, 'also where all was sent before').toBe(4);
  });

  it('what is kept while something is being sent is sent as well, without anything that follows', async () => {
    const gate = Promise.withResolvers<void>();
    server.slow = gate.promise;
    await open();
    await spool.keep({ own: [run('one')] });
    // The file with it is closed, and on its way.
    await until(() => files().length === 2);
    await new Promise((next) => setTimeout(next, 20));
    await spool.keep({ own: [run('two')] });
    gate.resolve();
    await until(() => server.records.length === 2);
  });

  it('never says that it holds nothing while a file goes from its writer to its sender', async () => {
    const held: number[] = [];
    server.away = true;
    await open({ onStep: (step) => step === 'file closed' && held.push(spool.state().bytes) });
    await spool.keep({ own: [run('waits')] });
    while (!events.some(({ kind }) => kind === 'failed')) await new Promise((next) => setTimeout(next, 1));
    expect(held).toEqual([spool.state().bytes]);
    expect(held[0]).toBeGreaterThan(0);
  });

  it('records that have a number or a derived id stay as they are', async () => {
    await open();
    const given = { ...run('numbered'), emitter: 'ci/shop', sequence: 7 };
    await spool.keep({ numbered: [given], own: [run('own')] });
    await until(() => server.records.length === 2);
    expect(server.records[0]).toEqual(given);
    expect(server.records[1]?.sequence).toBe(0);
  });

  it('is full at its bound, says so, takes nothing then, and takes more after something was sent', async () => {
    server.away = true;
    await open({ bytes: 3_000 });
    let kept = 0;
    for (;;) {
      const failure = await spool.keep({ own: [run('x'.repeat(300))] }).catch((error: unknown) => error);
      if (failure !== undefined) {
        expect(failure).toMatchObject({ code: 'SPOOL_FULL' });
        break;
      }
      kept += 1;
    }
    expect(kept).toBeGreaterThan(2);
    server.away = false;
    await until(() => server.records.length === kept && spool.state().bytes === 0);
    await spool.keep({ own: [run('again')] });
    await until(() => server.records.length === kept + 1);
    expect(server.records.at(-1)?.sequence, 'what was not taken has no number').toBe(kept);
  });

  it('what the server refuses is kept aside with its reason, and the rest goes on', async () => {
    server.refuse = ({ message }) => message === 'bad';
    await open();
    await spool.keep({ own: [run('good'), run('bad'), run('better')] });
    await until(() => server.records.length === 2 && spool.state().refused === 1);
    const refused = events.find(({ kind }) => kind === 'refused');
    const text = readFileSync(refused?.kind === 'refused' ? refused.file : '', 'utf8');
    expect(JSON.parse(text)).toMatchObject({ code: 'RECORD_INVALID', message: 'no' });
    expect(text).toContain('bad');
    await spool.close();
    await open();
    expect(spool.state().refused).toBe(1);
  });

  it('what the server would refuse as no record is not kept', async () => {
    await open();
    const wrong = { ...run('x'), record_type: 'nothing' } as unknown as RecordDraft;
    await expect(spool.keep({ own: [run('fine'), wrong] })).rejects.toMatchObject({ code: 'RECORD_INVALID' });
    const large = { ...run('x'), details: { text: 'x'.repeat(64_500) } };
    await expect(spool.keep({ own: [large] })).rejects.toMatchObject({ code: 'RECORD_TOO_LARGE' });
    await spool.keep({ own: [run('next')] });
    await until(() => server.records.length === 1);
    expect(server.records[0]?.sequence).toBe(0);
  });

  it('a torn end was never acknowledged and is passed over; its number is used again', async () => {
    server.away = true;
    await open();
    await spool.keep({ own: [run('one')] });
    await spool.keep({ own: [run('two')] });
    await spool.close();
    // As a process leaves it that is killed: without the empty file that closing makes.
    const [name = '', empty = ''] = files();
    rmSync(join(folder, empty));
    truncateSync(join(folder, name), readFileSync(join(folder, name)).length - 5);
    server.away = false;
    await open();
    await spool.keep({ own: [run('three')] });
    await until(() => server.records.length === 2);
    expect(server.records.map(({ sequence, message }) => [sequence, message])).toEqual([
      [0, 'one'],
      [1, 'three'],
    ]);
  });

  it('a file that is damaged where it was acknowledged is kept aside, and its numbers are not used again', async () => {
    server.away = true;
    await open();
    await spool.keep({ own: [run('one')] });
    await spool.keep({ own: [run('two')] });
    await spool.close();
    const [name = '', empty = ''] = files();
    rmSync(join(folder, empty));
    const bytes = readFileSync(join(folder, name));
    bytes.writeUInt8((bytes[50] ?? 0) ^ 1, 50);
    writeFileSync(join(folder, name), bytes);
    server.away = false;
    await open();
    await spool.keep({ own: [run('three')] });
    await until(() => server.records.length === 1);
    expect(events.map(({ kind }) => kind)).toContain('damaged');
    expect(server.records[0]?.sequence).toBeGreaterThanOrEqual(2);
    expect(readdirSync(join(folder, 'refused'))).toEqual([expect.stringContaining('.damaged')]);
  });

  it('bytes that a caller put into a record never look like a frame', async () => {
    server.away = true;
    await open();
    await spool.keep({ own: [run('one')] });
    await spool.close();
    const [name = ''] = files();
    const frame = readFileSync(join(folder, name));
    rmSync(join(folder, name));
    await open();
    await spool.keep({ blobs: [frame], own: [run('two')] });
    await spool.close();
    appendFileSync(join(folder, files()[0] ?? ''), frame.subarray(0, 30));
    server.away = false;
    await open();
    await until(() => server.records.length === 1);
    expect(server.records[0]?.message).toBe('two');
  });

  it('is one process’s alone, and another folder has another name', async () => {
    await open();
    await expect(open()).rejects.toMatchObject({ code: 'LEDGER_BUSY' });
    const other = await openSpool({
      folder: join(folder, 'other'),
      emitter: 'webhook',
      bytes: 1_000,
      clock: Date.now,
      random,
      sink: new Server(),
    });
    expect(other.emitter).not.toBe(spool.emitter);
    await other.close();
  });
});
