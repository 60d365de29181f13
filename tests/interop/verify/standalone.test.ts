import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatProof, formatVkey, handoverPath, makeVkey } from '../../../src/verify/index.ts';
import { nodeCrypto } from '../../../src/verify/node.ts';
import {
  keyRecord,
  logFiles,
  signedCheckpoint,
  type TestKey,
  testRecord,
} from '../../../src/verify/testing/log.ts';
import { referenceTree } from '../../../src/verify/testing/reference.ts';

const root = new URL('../../../', import.meta.url);

const { sha256 } = nodeCrypto;
const work = mkdtempSync(join(tmpdir(), 'exhibit-standalone-'));
afterAll(() => rmSync(work, { recursive: true }));
const at = (name: string): string => join(work, name);

function testKey(name: string): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  return { key: makeVkey(sha256, name, raw), sign: (message) => sign(null, message, privateKey) };
}
const log = testKey('example.com/exhibit/standalone');
const next = testKey('example.com/exhibit/standalone');
const vkey = formatVkey(log.key);
const tree = referenceTree(sha256);
const announcement = keyRecord(199, formatVkey(next.key), 200);
const records = Array.from({ length: 300 }, (_, i) => testRecord(i)).with(199, announcement);
const record = (index: number): Uint8Array => records[index] ?? expect.fail('no such record');

function proofOf(index: number, size: number, by: TestKey, extra?: Uint8Array): string {
  const part = records.slice(0, size);
  return formatProof({
    index,
    hashes: tree.inclusion(index, part),
    checkpoint: signedCheckpoint(tree.root(part), size, [by]),
    ...(extra === undefined ? {} : { extra }),
  });
}

function write(name: string, content: string | Uint8Array): string {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), content);
  return at(name);
}

function writeLog(name: string, size: number, by: TestKey): string {
  for (const [path, bytes] of logFiles(sha256, records.slice(0, size), [by]))
    write(`${name}/log/${path}`, bytes);
  return at(name);
}

function run(...args: string[]) {
  // From a folder without node_modules: the file must need nothing but Node.
  const { status, stdout, stderr } = spawnSync(process.execPath, [at('exhibit-verify.mjs'), ...args], {
    cwd: work,
    encoding: 'utf8',
    env: {},
  });
  return { status, stdout, stderr };
}

beforeAll(async () => {
  await build({
    entryPoints: [fileURLToPath(new URL('src/verify/standalone.ts', root))],
    outfile: at('exhibit-verify.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minify: true,
  });
});

describe('the verifier in one file', () => {
  // The schema library stays out of the file only where the bundler may drop modules that nothing is used of. That a pack is the one on record, that
  // its reports are complete and what to do about each refusal took 5,000 bytes more than the 75,000 there were.
  it('is small enough to be read', () => {
    expect(statSync(at('exhibit-verify.mjs')).size).toBeLessThan(80_000);
  });

  it('has no line in its usage that is wider than a terminal', () => {
    const wide = run('--help')
      .stdout.split('\n')
      .filter((line) => line.length > 80);
    expect(wide).toEqual([]);
  });

  it('has no way to the network or to other programs', () => {
    const modules = readFileSync(at('exhibit-verify.mjs'), 'utf8').matchAll(/from"(node:[^"]+)"/g);
    const names = [...new Set([...modules].map(([, name]) => name))].sort();
    expect(names).toEqual(['node:crypto', 'node:fs/promises', 'node:path', 'node:util']);
  });

  it('says at which level a record is proven', () => {
    const files = [write('record.json', record(17)), write('record.tlog-proof', proofOf(17, 200, log))];
    const { status, stdout, stderr } = run('record', ...files, '--vkey', vkey);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('index 17 of 200');
    expect(stdout).toContain(`hashed; signed by ${log.key.name}+${log.key.id}; not witnessed`);
    expect(stdout).not.toMatch(/verified/i);
  });

  it('takes the key from a file, and a record with a newline behind it', () => {
    const files = [write('newline.json', `${Buffer.from(record(3))}\n`), write('p', proofOf(3, 200, log))];
    expect(run('record', ...files, '--vkey', write('log.vkey', `${vkey}\n`)).status).toBe(0);
  });

  it('refuses another record', () => {
    const files = [write('other.json', record(18)), write('p', proofOf(17, 200, log))];
    const { status, stdout, stderr } = run('record', ...files, '--vkey', vkey);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('PROOF_INVALID');
  });

  it('reads a whole ledger, and says where it was changed', () => {
    const folder = writeLog('ledger', 200, log);
    const known = write('known.txt', signedCheckpoint(tree.root(records.slice(0, 60)), 60, [log]));
    const good = run('ledger', folder, '--vkey', vkey, '--known', known);
    expect({ status: good.status, stderr: good.stderr }).toEqual({ status: 0, stderr: '' });
    expect(good.stdout).toMatch(/^records +200: .*\nrecorded .*\nknown +1 checkpoints/);

    const path = 'ledger/log/tile/entries/000.p/200';
    const changed = readFileSync(at(path));
    changed.write('X', changed.indexOf('record 42') + 1);
    write(path, changed);
    const bad = run('ledger', folder, '--vkey', vkey);
    expect(bad.status).toBe(1);
    expect(bad.stderr).toMatch(
      /LEDGER_CORRUPT in tile\/entries\/000\.p\/200: record 42 .*the record was edited/,
    );
  });

  it('tells a rollback by a known checkpoint', () => {
    const folder = writeLog('rolled-back', 100, log);
    const known = write('newer.txt', signedCheckpoint(tree.root(records.slice(0, 150)), 150, [log]));
    const { status, stderr } = run('ledger', folder, '--vkey', vkey, '--known', known);
    expect({ status, code: stderr.split(' ')[0] }).toEqual({ status: 1, code: 'LEDGER_ROLLBACK' });
  });

  it('follows a handover to a newer key', () => {
    const folder = writeLog('rotated', 300, next);
    write(`rotated/log/${handoverPath(next.key.id)}`, proofOf(199, 200, log, announcement));
    const whole = run('ledger', folder, '--vkey', vkey);
    expect(whole.stderr).toBe('');
    expect(whole.stdout).toContain(`to ${next.key.name}+${next.key.id} from size 200 on`);
    const files = [write('late.json', record(250)), write('late.proof', proofOf(250, 300, next))];
    expect(run('record', ...files, '--vkey', vkey, '--log', join(folder, 'log')).status).toBe(0);
    expect(run('record', ...files, '--vkey', vkey).status).toBe(1);
    const checkpoint = join(folder, 'log', 'checkpoint');
    expect(run('checkpoint', checkpoint, '--vkey', vkey, '--log', join(folder, 'log')).stdout).toContain(
      'size 300',
    );
  });

  it('refuses what a key signed beyond its end, where the log is there to tell', () => {
    const folder = writeLog('ended', 300, next);
    write(`ended/log/${handoverPath(next.key.id)}`, proofOf(199, 200, log, announcement));
    const files = [write('beyond.json', record(250)), write('beyond.proof', proofOf(250, 300, log))];
    // One proof alone cannot know of it, and says so.
    const alone = run('record', ...files, '--vkey', vkey);
    expect(alone.status).toBe(0);
    expect(alone.stdout).toContain('not shown  whether the log had a newer key by size 300');
    for (const args of [
      ['record', ...files],
      ['checkpoint', write('beyond.txt', signedCheckpoint(tree.root(records), 300, [log]))],
    ]) {
      const { status, stdout, stderr } = run(...args, '--vkey', vkey, '--log', join(folder, 'log'));
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toMatch(/^CHECKPOINT_INVALID.*size 300.*ended at size 200/);
    }
    const both = run(
      'record',
      ...files,
      '--vkey',
      vkey,
      '--vkey',
      formatVkey(next.key),
      '--log',
      join(folder, 'log'),
    );
    expect(both).toMatchObject({ status: 1, stdout: '' });
    expect(run('ledger', folder, '--vkey', vkey, '--hashes-only').stdout).toContain(
      'not shown  what the records say',
    );
    // What it signed before its end holds, with the log or without.
    const early = [write('early.json', record(17)), write('early.proof', proofOf(17, 150, log))];
    const held = run('record', ...early, '--vkey', vkey, '--log', join(folder, 'log'));
    expect(held.status).toBe(0);
    expect(held.stdout).not.toContain('not shown');
  });

  it('shows no control character of a name', () => {
    const odd = formatVkey({ ...log.key, name: 'example.com/\u202egol' });
    const note = write('odd.txt', signedCheckpoint(new Uint8Array(32), 1, [log]));
    const { status, stdout, stderr } = run('checkpoint', note, '--vkey', odd);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('LEDGER_KEY');
    // A key must not look like another one, and the refusal must not either.
    expect(stderr).toContain('\\u{202e}');
    expect(stderr).not.toContain('\u202e');
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('knows no command %s', (name) => {
    const { status, stdout, stderr } = run(name, 'x', '--vkey', vkey);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^USAGE: unknown command/);
  });

  it('says what is no record though the log has it', () => {
    const leaf = Buffer.from('{"verdict":"pass"}');
    const proof = formatProof({
      index: 0,
      hashes: [],
      checkpoint: signedCheckpoint(tree.root([leaf]), 1, [log]),
    });
    const { status, stdout, stderr } = run('record', write('leaf', leaf), write('lp', proof), '--vkey', vkey);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('RECORD_INVALID');
  });

  it.runIf(existsSync('/dev/full'))('says that its answer could not be written', () => {
    const full = openSync('/dev/full', 'w');
    const note = write('full.txt', signedCheckpoint(new Uint8Array(32), 1, [log]));
    const args = [at('exhibit-verify.mjs'), 'checkpoint', note, '--vkey', vkey];
    const { status, stderr } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      stdio: ['ignore', full, 'pipe'],
    });
    closeSync(full);
    expect({ status, stderr }).toEqual({ status: 3, stderr: 'the answer could not be written: ENOSPC\n' });
  });

  it.each([
    [[], /which command/],
    [['ledger', '.'], /--vkey is missing/],
    [['ledger', '--vkey', vkey], /expected 1 file/],
    [['ledger', '.', '--vkey', 'no-such-file'], /no such file/],
    [['ledger', '.', '--vkey', vkey.replace(/\+[0-9a-f]{8}\+/, '+00000000+')], /has id/],
    [['ledger', '.', '--vkey', vkey, '--fast'], /--fast/],
    [['ledger', 'nowhere', '--vkey', vkey], /no checkpoint/],
  ])('wrong usage is 2: %j', (args, message) => {
    const { status, stderr } = run(...args);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });

  it('prints its usage', () => {
    expect(run('--help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Exit code: 0 it holds'),
    });
  });
});
