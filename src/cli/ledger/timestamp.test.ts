import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changed, rewriteLog } from '../../anchors/testing/rewrite.ts';
import { openReader } from '../../ledger/index.ts';
import { readSigner } from '../../ledger/signer.ts';
import { readRecord } from '../../verify/index.ts';
import { Authority } from '../../verify/testing/authority.ts';
import { Machine } from '../testing/program.ts';

const ORIGIN = 'example.com/stamped';
const MINUTE = 60_000;

describe('exhibit ledger timestamp', () => {
  // The authority has the clock of the machine that the tests run on.
  const machine = new Machine(new Date().toISOString());
  const tsa = new Authority('ec');
  let url: string;
  const folder = join(machine.folder, 'evidence');
  const verify = (name = 'evidence', ...more: string[]) =>
    machine.run('ledger', 'verify', name, '--tsa-root', 'tsa.pem', ...more);
  const stamp = () => machine.run('ledger', 'timestamp', 'evidence', '--tsa', url, '--tsa-root', 'tsa.pem');
  const heartbeat = () => machine.run('ledger', 'seal', 'evidence', '--heartbeat');
  const flat = (text: string) => text.replaceAll(/\s+/g, ' ');

  beforeAll(async () => {
    url = await tsa.listen();
    writeFileSync(join(machine.folder, 'tsa.pem'), tsa.root);
    machine.now = Date.now() - 2 * MINUTE;
    await machine.run('ledger', 'init', 'evidence', '--origin', ORIGIN);
    for (let i = 0; i < 3; i += 1) await heartbeat();
  });
  afterAll(() => tsa.close());

  it('says that a log without one is not time-stamped, and that this is a finding where they were asked for', async () => {
    const asked = await verify();
    expect(asked.code).toBe(1);
    expect(flat(asked.stdout)).toContain('; not time-stamped');
    expect(asked.stdout).toContain('the log has no time stamp');
    const plain = await machine.run('ledger', 'verify', 'evidence');
    expect(plain.code).toBe(0);
    expect(flat(plain.stdout)).toContain('; not time-stamped');
  });

  it('stamps the text of the checkpoint, and records the token as a blob that the next checkpoint commits to', async () => {
    machine.now = Date.now();
    const made = await stamp();
    expect(made.stderr).toBe('');
    expect(made.code).toBe(0);
    expect(flat(made.stdout)).toContain('the first 3 records');
    expect(flat(made.stdout)).toContain('leads to a root that was given');
    const reader = await openReader(folder);
    const { size } = await reader.checkpoint();
    expect(size).toBe(4);
    const { bytes } = await reader.entry(3);
    // The whole schema of records takes it.
    const record = JSON.parse(Buffer.from(bytes).toString());
    expect(readRecord(bytes)).toMatchObject({
      record_type: 'timestamp',
      stamp: { token: record.details.blob },
    });
    const text = `${ORIGIN}\n3\n${Buffer.from(await reader.rootAt(3), 'hex').toString('base64')}\n`;
    expect(record.details.checkpoint).toBe(text);
    // OpenSSL finds the same: the token is over these bytes.
    tsa.file('text', text);
    tsa.file('kept.der', await reader.blob(record.details.blob));
    expect(
      tsa
        .ssl('ts', '-verify', '-data', 'text', '-in', 'kept.der', '-token_in', '-CAfile', 'root.pem')
        .toString(),
    ).toContain('Verification: OK');
    const digest = createHash('sha256').update(text).digest('hex');
    const printed = tsa.ssl('ts', '-reply', '-in', 'kept.der', '-token_in', '-text').toString();
    expect(
      printed
        .split('\n')
        .flatMap((line) => /^ {4}[0-9a-f]{4} - ([0-9a-f -]{47})/.exec(line)?.[1] ?? [])
        .join('')
        .replaceAll(/[ -]/g, ''),
    ).toBe(digest);
  });

  it('says what is covered and what is not', async () => {
    const whole = await verify();
    expect(whole.code).toBe(0);
    expect(flat(whole.stdout)).toMatch(
      /time-stamped: the first 3 records, not the 1 after them, at \S+ by Test tsa, to 1.5 s \(1 checked\)/,
    );
    await heartbeat();
    await heartbeat();
    expect(flat((await verify()).stdout)).toContain('the first 3 records, not the 3 after them');
    expect((await stamp()).code).toBe(0);
    expect(flat((await verify()).stdout)).toMatch(/the first 6 records, not the 1 after them.*\(2 checked\)/);
    const status = await machine.run('ledger', 'status', 'evidence');
    expect(flat(status.stdout)).toContain('time stamps the first 6 records at');
    expect(flat(status.stdout)).toContain('level nothing was verified here');
  });

  it('checks nothing without a root, and says so; JSON has the same', async () => {
    const plain = await machine.run('ledger', 'verify', 'evidence');
    expect(plain.code).toBe(0);
    expect(flat(plain.stdout)).toContain('time stamps were not checked (the log has 2; give --tsa-root)');
    const json = JSON.parse((await verify('evidence', '--json')).stdout);
    expect(json).toMatchObject({
      holds: true,
      findings: [],
      anchors: { stamped: { tokens: 2, uncovered: 1, newest: { size: 6, tsa: 'Test tsa', accuracy: 1500 } } },
    });
  });

  it('is counted by the verifier in one file, which says that it checks none', () => {
    const key = readdirSync(join(folder, 'keys')).find((name) => name.endsWith('.vkey')) ?? '';
    const standalone = join(import.meta.dirname, '..', '..', 'verify', 'standalone.ts');
    const args = [standalone, 'ledger', folder, '--vkey', join(folder, 'keys', key)];
    const said = flat(execFileSync(process.execPath, args, { encoding: 'utf8' }));
    expect(said).toContain('time stamps were not looked at');
    expect(said).toContain('not shown whether the 2 time stamps of the log hold');
    const path = /its token (\S+)/.exec(said)?.[1] ?? '';
    expect(tsa.ssl('ts', '-reply', '-in', join(folder, path), '-token_in', '-text').toString()).toContain(
      'Time stamp',
    );
  });

  it('fails with another root, and with a policy that is not allowed, naming the record', async () => {
    const other = new Authority('rsa');
    writeFileSync(join(machine.folder, 'other.pem'), other.root);
    await other.close();
    const wrong = await machine.run('ledger', 'verify', 'evidence', '--tsa-root', 'other.pem');
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).toContain('DOES NOT HOLD  TIMESTAMP_INVALID');
    expect(wrong.stdout).toContain('where: record 3');
    expect(flat(wrong.stdout)).toContain('(chain)');
    const policy = await verify('evidence', '--tsa-policy', '1.2.3');
    expect(policy.code).toBe(1);
    expect(flat(policy.stdout)).toContain('(policy)');
    // With both roots, each token finds its own.
    expect((await verify('evidence', '--tsa-root', 'other.pem')).code).toBe(0);
  });

  it('is old after a while, when --max-age says so', async () => {
    expect((await verify('evidence', '--max-age', '1h')).code).toBe(0);
    const { now } = machine;
    machine.now = now + 2 * 60 * MINUTE;
    const old = await verify('evidence', '--max-age', 'PT1H');
    machine.now = now;
    expect(old.code).toBe(1);
    expect(flat(old.stdout)).toMatch(
      /FINDING the newest time stamp or kept checkpoint is of \S+, older than 1h/,
    );
    const none = await machine.run('ledger', 'verify', 'evidence', '--max-age', '1h');
    expect(none.code).toBe(1);
    expect(flat(none.stdout)).toContain('nothing outside shows how old this log is');
    expect((await verify('evidence', '--max-age', 'soon')).code).toBe(2);
  });

  describe('a log that somebody with its key has rewritten', () => {
    const forge = async (name: string, change: (entries: Uint8Array[]) => Uint8Array[]) => {
      await rewriteLog(folder, join(machine.folder, name), await readSigner(folder, ORIGIN), change);
      // Another machine, which has not seen the log before: only the tokens can tell.
      const env = machine.env.EXHIBIT_STATE;
      machine.env.EXHIBIT_STATE = join(machine.folder, `state-${name}`);
      const [bare, stamped] = [await machine.run('ledger', 'verify', name), await verify(name)];
      machine.env.EXHIBIT_STATE = env;
      expect(bare.code, bare.stdout).toBe(0);
      return stamped;
    };

    it('fails where a record was changed, at the stamp that covers it', async () => {
      const found = await forge('edited', ([first, second, ...rest]) => [
        first ?? Buffer.of(),
        changed(second, 'no records were waiting', 'nothing was wrong here'),
        ...rest,
      ]);
      expect(found.code).toBe(1);
      expect(flat(found.stdout)).toContain('where: record 3');
      expect(flat(found.stdout)).toMatch(/the first 3 records had the root [0-9a-f]{64} at \S+, and have/);
    });

    it('fails where records after a stamp are dated back before it', async () => {
      const early = new Date(Date.now() - 24 * 60 * MINUTE).toISOString();
      const found = await forge('dated', (entries) => {
        const covered = entries.slice(0, 3);
        return [
          ...covered,
          ...entries.slice(3).map((one) => changed(one, /"recorded_at":"[^"]+"/, `"recorded_at":"${early}"`)),
        ].map((one, at) =>
          // recorded_at must not decrease: those before are dated back, too, which their own stamp shows.
          at < 3 ? changed(one, /"recorded_at":"[^"]+"/, `"recorded_at":"${early}"`) : one,
        );
      });
      expect(found.code).toBe(1);
      expect(flat(found.stdout)).toContain('where: record 3');
    });

    it('fails where the first stamp is honest and what follows says that it is older', async () => {
      // The whole log is of yesterday by its own words; the token over its first records is of now.
      const late = new Machine(new Date(Date.now() - 24 * 60 * MINUTE).toISOString());
      writeFileSync(join(late.folder, 'tsa.pem'), tsa.root);
      await late.run('ledger', 'init', 'evidence', '--origin', ORIGIN);
      await late.run('ledger', 'seal', 'evidence', '--heartbeat');
      // The writer itself takes no such stamp.
      const refused = await late.run(
        'ledger',
        'timestamp',
        'evidence',
        '--tsa',
        url,
        '--tsa-root',
        'tsa.pem',
      );
      expect(refused.code).toBe(3);
      expect(flat(refused.stderr)).toContain('one of the two clocks is wrong');
      const yesterday = new Date(late.now).toISOString();
      late.now = Date.now();
      expect((await late.run('ledger', 'timestamp', 'evidence', '--tsa', url)).code).toBe(0);
      const place = join(late.folder, 'evidence');
      await rewriteLog(place, join(late.folder, 'forged'), await readSigner(place, ORIGIN), (entries) =>
        entries.map((one) => changed(one, /"recorded_at":"[^"]+"/, `"recorded_at":"${yesterday}"`)),
      );
      late.env.EXHIBIT_STATE = join(late.folder, 'other');
      const found = await late.run('ledger', 'verify', 'forged', '--tsa-root', 'tsa.pem');
      expect(found.code).toBe(1);
      expect(flat(found.stdout)).toContain('(back-dated)');
      expect(flat(found.stdout)).toContain('where: record 1');
    });

    it('is without a stamp where they were left out: a finding', async () => {
      const found = await forge('bare', (entries) =>
        entries.filter((one) => !Buffer.from(one).includes('"record_type":"timestamp"')),
      );
      expect(found.code).toBe(1);
      expect(found.stdout).toContain('the log has no time stamp');
    });

    it('fails where a stamp was moved before what it covers', async () => {
      const found = await forge('moved', (entries) => {
        const [stamped] = entries.splice(3, 1);
        return [
          ...entries.slice(0, 1),
          changed(
            stamped,
            /"recorded_at":"[^"]+"/,
            /"recorded_at":"[^"]+"/.exec(Buffer.from(entries[0] ?? []).toString())?.[0] ?? '',
          ),
          ...entries.slice(1),
        ];
      });
      expect(found.code).toBe(1);
      expect(flat(found.stdout)).toContain('(size)');
    });
  });

  it('cannot tell where a token is missing, and fails where it was changed', async () => {
    const reader = await openReader(folder);
    const { details } = JSON.parse(Buffer.from((await reader.entry(3)).bytes).toString());
    const hex = details.blob.slice(7);
    const copy = join(machine.folder, 'damaged');
    await rewriteLog(folder, copy, await readSigner(folder, ORIGIN), (entries) => entries);
    const file = join(copy, 'blobs', 'sha256', hex.slice(0, 2), hex.slice(2));
    const bytes = readFileSync(file);
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    const differs = await verify('damaged');
    expect(differs.code).toBe(1);
    expect(differs.stdout).toContain('BLOB_DIGEST');
    rmSync(file);
    const missing = await verify('damaged');
    expect(missing.code).toBe(3);
    expect(missing.stderr).toContain('BLOB_MISSING');
  });

  it('records nothing where the authority answers otherwise than asked', async () => {
    const before = (await (await openReader(folder)).checkpoint()).size;
    const tries: [Authority['alter'], string][] = [
      [() => ({ status: 500, body: Buffer.from('no') }), 'TIMESTAMP_FAILED'],
      [() => ({ type: 'text/html', body: Buffer.from('<html>') }), 'TIMESTAMP_FAILED'],
      [() => ({ body: Buffer.alloc(100_000) }), 'TIMESTAMP_FAILED'],
      [() => ({ body: Buffer.from('30030201', 'hex') }), 'TIMESTAMP_INVALID'],
      // An earlier answer: of another question.
      [() => ({ body: tsa.read('earlier.tsr') }), 'TIMESTAMP_INVALID'],
    ];
    tsa.file('earlier.tsr', tsa.read('answer.tsr'));
    for (const [alter, code] of tries) {
      tsa.alter = alter;
      const found = await stamp();
      expect(found.code).toBe(3);
      expect(found.stderr).toContain(code);
    }
    tsa.alter = undefined;
    const away = await machine.run('ledger', 'timestamp', 'evidence', '--tsa', 'http://127.0.0.1:9/');
    expect(away.code).toBe(3);
    expect(away.stderr).toContain('TIMESTAMP_FAILED');
    expect((await machine.run('ledger', 'timestamp', 'evidence', '--tsa', 'ftp://a.b/')).code).toBe(2);
    expect((await (await openReader(folder)).checkpoint()).size).toBe(before);
    expect((await verify()).code).toBe(0);
  });
});
