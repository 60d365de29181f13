import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decision } from '../../ledger/testing/records.ts';
import { type Harness, harness } from '../../server/testing/harness.ts';
import type { Context } from '../context.ts';
import { main } from '../main.ts';
import { Spool } from './spool.ts';

const record = (sequence: number) => ({ ...decision('ci/shop', Date.now()), sequence });
const NOTHING = new Map();
const one = (text: string) => {
  const blob = Buffer.from(text);
  return new Map([[`sha256:${createHash('sha256').update(blob).digest('hex')}` as const, blob]]);
};
const envOf = ({ tokens }: Harness) => ({
  EXHIBIT_STATE: mkdtempSync(join(tmpdir(), 'exhibit-spool-')),
  EXHIBIT_TOKEN: tokens.emitter,
});

/** `exhibit spool ...` with what it said on both streams. */
async function spool(env: Context['env'], ...argv: string[]) {
  const said = { stdout: '', stderr: '' };
  const sink = (stream: keyof typeof said) => ({
    write: (text: string) => {
      said[stream] += text;
    },
    isTTY: false,
    columns: 80,
  });
  const exit = await main(['spool', ...argv], {
    env,
    cwd: tmpdir(),
    clock: Date.now,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    stdout: sink('stdout'),
    stderr: sink('stderr'),
  });
  return { exit, ...said };
}

describe('a spool that was edited by hand', () => {
  let at: Harness;
  beforeAll(async () => {
    at = await harness();
  });
  afterAll(() => at.remove());

  const blobOf = (run: string) => join(run, 'blobs', readdirSync(join(run, 'blobs'))[0] ?? '');
  it.each<[string, string, (run: string) => void]>([
    ['a blob that was edited', 'BLOB_DIGEST', (run) => writeFileSync(blobOf(run), 'edited')],
    [
      'a blob with a name that leads elsewhere',
      'BLOB_DIGEST',
      (run) => writeFileSync(join(run, 'blobs', '..%2f..%2fv1?x'), 'x'),
    ],
    [
      'a link in the place of a blob',
      'RECORD_INVALID',
      (run) => {
        const blob = blobOf(run);
        rmSync(blob);
        symlinkSync('/etc/hostname', blob);
      },
    ],
    ['no records', 'RECORD_INVALID', (run) => rmSync(join(run, 'records.ndjson'))],
    ['no folder of blobs', 'RECORD_INVALID', (run) => rmSync(join(run, 'blobs'), { recursive: true })],
    [
      'a record that is longer than any request',
      'REQUEST_TOO_LARGE',
      (run) => writeFileSync(join(run, 'records.ndjson'), 'x'.repeat(9 * 1024 * 1024)),
    ],
    [
      'records that are no text',
      'RECORD_INVALID',
      (run) => writeFileSync(join(run, 'records.ndjson'), Buffer.alloc(100, 0xff)),
    ],
  ])('a run with %s is put aside and told of, and what waits behind it is sent', async (_, code, edit) => {
    const env = envOf(at);
    const kept = new Spool(at.url, env);
    kept.put('0a', [record(0)], one('whole'));
    edit(join(kept.folder, '0a'));
    kept.put('0b', [record(1)], NOTHING);
    const { exit, stderr } = await spool(env, 'send');
    expect(stderr).toContain(code);
    expect(exit).not.toBe(0);
    expect(stderr.replaceAll(/\s+/g, '')).toContain('0a.refused');
    expect([kept.count, kept.refused]).toEqual([0, 1]);
    expect(await spool(env, 'send')).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('nothing waits'),
    });
  });

  it('what the server never takes does not stop what waits behind it', async () => {
    const small = await harness({ limits: { blob_bytes: 1_000 } });
    const env = envOf(small);
    const kept = new Spool(small.url, env);
    kept.put('0a', [record(0)], one('x'.repeat(2_000_000)));
    kept.put('0b', [record(1)], NOTHING);
    expect(await spool(env, 'send')).toMatchObject({
      exit: 2,
      stderr: expect.stringMatching(/longer\s+than\s+1000\s+bytes/),
    });
    expect([kept.count, kept.refused]).toEqual([0, 1]);
    await small.remove();
  });

  it('a folder that names another server than its own, or none, is told of; its runs and the token go nowhere', async () => {
    const env = envOf(at);
    const moved = new Spool('http://127.0.0.1:65001', env);
    const blank = new Spool('http://127.0.0.1:65002', env);
    const good = new Spool(at.url, env);
    for (const each of [moved, blank, good]) each.put('0a', [record(0)], NOTHING);
    writeFileSync(join(moved.folder, '.url'), `${at.url}\n`);
    writeFileSync(join(blank.folder, '.url'), '');
    const sent = await spool(env, 'send');
    expect(sent).toMatchObject({ exit: 3, stdout: expect.stringContaining('sent 1 run with 1 record') });
    expect(sent.stderr).toContain('INPUT_UNREADABLE');
    expect([moved.count, blank.count, good.count]).toEqual([1, 1, 0]);
    const { exit, stdout, stderr } = await spool(env, 'status', '--json');
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      servers: [{ server: at.url, waiting: 0 }],
      unusable: [{ folder: moved.folder }, { folder: blank.folder }],
    });
    expect(stderr.match(/nothing\s+of\s+it\s+is\s+sent/g)).toHaveLength(2);
  });
});
