import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { decision } from '../ledger/testing/records.ts';
import type { RecordDraft } from '../record/index.ts';
import { type Given, type Harness, harness, lines } from './testing/harness.ts';

let at: Harness;
afterEach(() => at.remove());
const start = async (given?: Given) => {
  at = await harness(given);
};
const NOW = Date.parse('2026-11-25T12:00:00Z');
const numbered = (sequence: number, over: Partial<RecordDraft> = {}) => ({
  ...decision('ci/shop', NOW, over),
  sequence,
});
const post = (body: string | Uint8Array<ArrayBuffer>, init: RequestInit & { token?: string | null } = {}) =>
  at.send('/v1/records', { method: 'POST', body, ...init });
const decisions = async () => (await at.records()).filter(({ record_type }) => record_type === 'decision');

describe('a batch of records', () => {
  it('is in the log, once, with who sent it, when it was acknowledged', async () => {
    await start();
    const batch = [numbered(0, { actor: 'actor:claimed' }), numbered(1)];
    const first = await post(lines(batch));
    expect([first.status, await first.json()]).toEqual([200, { schemaVersion: 1, accepted: 2, refused: [] }]);
    const again = await post(lines(batch));
    expect([again.status, await again.json()]).toEqual([200, { schemaVersion: 1, accepted: 2, refused: [] }]);
    const records = await decisions();
    expect(records.map(({ record_id }) => record_id)).toEqual(batch.map(({ record_id }) => record_id));
    expect(records.map(({ sequence }) => sequence)).toEqual([0, 1]);
    for (const record of records) {
      expect(record.actor_verified_by).toBe('token');
      expect(record.actor).toMatch(/^actor:[0-9a-f]{24}$/);
    }
    // The sender's own word for whom it acted is kept as what it is.
    expect(records.map(({ details }) => details)).toEqual([{ claimed_actor: 'actor:claimed' }, undefined]);
    expect((await at.records()).filter(({ record_type }) => record_type === 'gap')).toEqual([]);
  });

  it('keeps the good records of it and names the bad ones by line', async () => {
    await start();
    const good = [numbered(0), numbered(1)];
    const { policy_id: _, ...lacking } = numbered(2);
    const large = numbered(4, { details: { text: 'x'.repeat(66_000) } });
    const body = [
      JSON.stringify(good[0]),
      '{"not":"a record"}',
      'no JSON',
      '',
      JSON.stringify(lacking),
      JSON.stringify({ ...numbered(3), verdict: 'pass', disposition: 'enforced' }),
      JSON.stringify(large),
      JSON.stringify(good[1]),
    ].join('\n');
    const response = await post(body);
    expect(response.status).toBe(207);
    const { accepted, refused } = (await response.json()) as {
      accepted: number;
      refused: { line: number; code: string; message: string }[];
    };
    expect(accepted).toBe(2);
    expect(refused.map(({ line, code }) => [line, code])).toEqual([
      [2, 'RECORD_INVALID'],
      [3, 'REQUEST_INVALID'],
      [5, 'RECORD_INVALID'],
      [6, 'RECORD_INVALID'],
      [7, 'RECORD_TOO_LARGE'],
    ]);
    expect(refused[2]?.message).toContain('policy_id');
    expect((await decisions()).map(({ sequence }) => sequence)).toEqual([0, 1]);
  });

  it('with nothing good in it is refused whole, and one without a record is malformed', async () => {
    await start();
    expect((await post('{}\n')).status).toBe(422);
    expect((await post('')).status).toBe(400);
    expect((await post('\n\n')).status).toBe(400);
    expect(await decisions()).toEqual([]);
  });

  it('refuses bytes that are not UTF-8 in the line where they are', async () => {
    await start();
    const bytes = Buffer.concat([
      Buffer.from(`${JSON.stringify(numbered(0))}\n{"a":"`),
      Buffer.from([0xff]),
      Buffer.from(`"}\n${JSON.stringify(numbered(1))}\n`),
    ]);
    const response = await post(new Uint8Array(bytes));
    expect(await response.json()).toMatchObject({
      accepted: 2,
      refused: [{ line: 2, code: 'REQUEST_INVALID' }],
    });
  });

  it('comes in any order, and gaps in the numbers of an emitter show', async () => {
    await start();
    await post(lines([numbered(5), numbered(2)]));
    await post(lines([numbered(0), numbered(1)]));
    const response = await at.send('/v1/emitters', { token: at.tokens.auditor });
    expect(await response.json()).toMatchObject({
      emitters: expect.arrayContaining([{ emitter: 'ci/shop', next: 6, gaps: [[3, 4]], all: true }]),
    });
  });

  it('may be packed with gzip, and what it unpacks to counts', async () => {
    await start({ limits: { body_bytes: 20_000 } });
    const packed = gzipSync(lines([numbered(0)]));
    const headers = { 'content-encoding': 'gzip' };
    expect((await post(new Uint8Array(packed), { headers })).status).toBe(200);
    const bomb = gzipSync('\n'.repeat(10_000_000));
    expect(bomb.length).toBeLessThan(20_000);
    expect((await post(new Uint8Array(bomb), { headers })).status).toBe(413);
    expect((await post('no gzip', { headers })).status).toBe(400);
    expect((await post('x', { headers: { 'content-encoding': 'br' } })).status).toBe(400);
  });

  it('another record under a number that is taken is kept beside the first, and the log says so', async () => {
    await start();
    await post(lines([numbered(0)]));
    expect((await post(lines([numbered(0)]))).status).toBe(200);
    const records = await at.records();
    const conflict = records.find(({ record_type }) => record_type === 'gap');
    expect(conflict?.details).toMatchObject({ kind: 'sequence reused', emitter: 'ci/shop', sequence: 0 });
  });
});

describe('limits', () => {
  it('refuses too many records, too long a line, too long a body', async () => {
    await start({ limits: { body_bytes: 10_000, line_bytes: 2_000, batch_records: 3 } });
    expect((await post(lines([0, 1, 2, 3].map((n) => numbered(n))))).status).toBe(413);
    const long = await post(lines([numbered(0, { message: 'x'.repeat(3_000) }), numbered(1)]));
    expect(await long.json()).toMatchObject({
      accepted: 1,
      refused: [{ line: 1, code: 'REQUEST_TOO_LARGE' }],
    });
    expect((await post('x'.repeat(10_001))).status).toBe(413);
    expect((await decisions()).map(({ sequence }) => sequence)).toEqual([1]);
  });

  it('cuts a caller off that announces 10 GB, before it has sent them', async () => {
    await start();
    const { answer, sent } = await stream(
      `POST /v1/records HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${at.tokens.emitter}\r\ncontent-length: 10000000000\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toMatch(/\r\nconnection: close\r\n/i);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('cuts a caller off that announces no length and does not end', async () => {
    await start();
    const { answer, sent } = await stream(
      `POST /v1/records HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${at.tokens.emitter}\r\ntransfer-encoding: chunked\r\n\r\n`,
      true,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('cuts a caller off that sends too slowly', async () => {
    await start({ limits: { request_seconds: 0.2 } });
    const socket = connect(Number(new URL(at.url).port), '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => void chunks.push(chunk));
    socket.write(
      `POST /v1/records HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${at.tokens.emitter}\r\ncontent-length: 100\r\n\r\n{`,
    );
    await new Promise((resolve) => socket.on('close', resolve));
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('tells callers to wait when the queue is full, and takes their batch afterwards', async () => {
    await start({ limits: { queue_bytes: 3_000 } });
    const port = Number(new URL(at.url).port);
    const head = `POST /v1/records HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${at.tokens.emitter}\r\n`;
    // Holds 2,500 bytes of the queue, and does not end.
    const holder = connect(port, '127.0.0.1');
    holder.write(`${head}content-length: 2501\r\n\r\n${'x'.repeat(2_500)}`);
    const body = lines([numbered(0)]);
    let refused: Response;
    do refused = await post(body);
    while (refused.status === 200);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({ code: 'SERVER_BUSY' });
    holder.destroy();
    let taken: Response;
    do taken = await post(body);
    while (taken.status === 429);
    expect(taken.status).toBe(200);
  });

  it('tells callers to wait when too much waits for a seal', async () => {
    await start({ seal_milliseconds: 3_600_000, limits: { unsealed_records: 2 } });
    expect((await post(lines([numbered(0), numbered(1)]))).status).toBe(200);
    expect((await post(lines([numbered(2)]))).status).toBe(429);
  });
});

/** Writes without end until the server ends it. @returns what it answered, and how much was written */
function stream(head: string, chunked = false): Promise<{ answer: string; sent: number }> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(at.url).port), '127.0.0.1');
    const chunks: Buffer[] = [];
    const filler = Buffer.alloc(65_536, 'x');
    const piece = chunked ? Buffer.concat([Buffer.from('10000\r\n'), filler, Buffer.from('\r\n')]) : filler;
    let sent = 0;
    const pump = () => {
      while (!socket.destroyed && socket.writable) {
        sent += piece.length;
        if (!socket.write(piece)) return void socket.once('drain', pump);
      }
    };
    socket.on('data', (chunk) => void chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve({ answer: Buffer.concat(chunks).toString(), sent }));
    socket.write(head, pump);
  });
}

describe('blobs', () => {
  it('lie below their digest, and a body with another digest is refused', async () => {
    await start();
    const digest = `sha256:${createHash('sha256').update('abc').digest('hex')}`;
    const put = (path: string, body: string) => at.send(`/v1/blobs/${path}`, { method: 'PUT', body });
    expect((await put(digest, 'abc')).status).toBe(200);
    expect((await put(digest, 'abc')).status).toBe(200);
    const wrong = await put(digest, 'abd');
    expect([wrong.status, await wrong.json()]).toMatchObject([400, { code: 'BLOB_DIGEST' }]);
    expect((await put('..%2f..%2fx', 'abc')).status).toBe(400);
  });
});

describe('stopping', () => {
  it('finishes what is under way, seals it, and closes the log', async () => {
    await start({ seal_milliseconds: 3_600_000 });
    const batches = Array.from({ length: 20 }, (_, n) => post(lines([numbered(2 * n), numbered(2 * n + 1)])));
    const answers = await Promise.all(batches);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    // records() stops the server; the log has all without anybody having sealed before.
    expect(await decisions()).toHaveLength(40);
    expect(at.log.at(-1)).toMatchObject({ event: 'stopped', size: 40 });
    await at.restart();
    expect((await at.send('/healthz', { token: null })).status).toBe(200);
    expect((await at.send('/readyz', { token: null })).status).toBe(200);
  });
});
