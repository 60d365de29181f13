import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithOpa } from '../../engine/testing/need-opa.ts';
import { generateBundleKey } from '../../policy/index.ts';
import { type Harness, harness } from '../../server/testing/harness.ts';
import { signedBundle } from '../../server/testing/signed.ts';
import type { Context } from '../context.ts';
import { main } from '../main.ts';

describeWithOpa('check with a server for its evidence', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'exhibit-remote-'));
  const state = join(cwd, 'state');
  let at: Harness;
  let said = '';
  let shown = '';
  const sink = (keep: (text: string) => void) => ({
    write: keep,
    isTTY: false,
    columns: 200,
  });
  const check = (evidence: string | undefined, flags: string[] = [], token = at.tokens.emitter) => {
    said = '';
    shown = '';
    const context: Context = {
      env: { EXHIBIT_STATE: state, ...(token === '' ? {} : { EXHIBIT_TOKEN: token }) },
      cwd,
      clock: Date.now,
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
      stdout: sink((text) => {
        shown += text;
      }),
      stderr: sink((text) => {
        said += text;
      }),
    };
    const bundle = ['--bundle', 'bundle.tar.gz', '--bundle-key', 'bundle.pub.pem', '--emitter', 'ci/shop'];
    const place = evidence === undefined ? [] : ['--evidence', evidence];
    return main(['check', 'boxes.json', ...bundle, ...place, ...flags], context);
  };
  const spooled = () => {
    const [host] = readdirSync(join(state, 'spool'));
    return readdirSync(join(state, 'spool', host ?? '')).filter((name) => !name.startsWith('.'));
  };

  const forget = () => rmSync(join(state, 'spool'), { recursive: true });

  beforeAll(async () => {
    const pair = generateBundleKey();
    writeFileSync(join(cwd, 'bundle.tar.gz'), await signedBundle(pair.privateKeyPem, 1_700_000_000));
    writeFileSync(join(cwd, 'bundle.pub.pem'), pair.publicKeyPem);
    writeFileSync(join(cwd, 'boxes.json'), '{"boxes": [{"id": "a"}, {"id": "b", "sealed": true}]}');
    at = await harness();
  });
  afterAll(() => at.remove());

  it('keeps what cannot be sent, and sends it with the next run', async () => {
    const { url } = at;
    const settings = { listen: { port: Number(new URL(url).port) } };
    await at.server.stop();
    // In CI an unrecorded run blocks (3); at pre-commit the developer goes on, here without a policy of that layer (0).
    expect(await check(url)).toBe(3);
    expect(said).toContain('SERVER_UNREACHABLE');
    expect(said).toContain(`nothing answers at ${new URL(url).host}`);
    // A certificate is not what is wrong here.
    expect(said).not.toContain('NODE_EXTRA_CA_CERTS');
    expect(await check(url, ['--layer', 'pre-commit'])).not.toBe(3);
    expect(said).toContain('2 runs wait in the spool');
    expect(spooled()).toHaveLength(2);
    await at.restart(settings);
    expect(await check(at.url)).toBe(1);
    expect(said).toContain('of 3 runs');
    expect(spooled()).toEqual([]);
    const runs = (await at.records()).filter(({ record_type }) => record_type === 'run');
    expect(runs.map(({ emitter, actor_verified_by }) => [emitter, actor_verified_by])).toEqual(
      runs.map(() => ['ci/shop', 'token']),
    );
    expect(runs).toHaveLength(3);
    await at.restart(settings);
  });

  it('shows what it found also where the server is away or refuses it', async () => {
    const { url } = at;
    await at.server.stop();
    expect(await check(url, ['-o', 'plain', '-o', 'sarif=found.sarif'])).toBe(3);
    expect(shown).toMatch(/^boxes\.json:1:\d+: fail /);
    expect(shown).toMatch(/exit 3: 1 violation.*, but not all is recorded: .* takes no records now: /);
    const { runs } = JSON.parse(readFileSync(join(cwd, 'found.sarif'), 'utf8'));
    expect(runs[0].results).toHaveLength(1);
    expect(runs[0].invocations[0]).toMatchObject({ exitCode: 3 });
    await at.restart({ listen: { port: Number(new URL(url).port) } });
    expect(await check(at.url, ['--emitter', 'ci/other'])).toBe(4);
    expect(shown).toMatch(/exit 4: 1 violation.*, but not all is recorded: /);
    forget();
  });

  it('sends what is behind a refused record, in its run and in the next', async () => {
    const { url } = at;
    const before = (await at.records()).filter(({ record_type }) => record_type === 'run').length;
    await at.server.stop();
    expect(await check(url)).toBe(3);
    const [first = ''] = spooled();
    const kept = join(state, 'spool', new URL(url).host.replace(':', '_'), first, 'records.ndjson');
    // One batch is 1,000 records: what the run really has comes in the second.
    writeFileSync(kept, `${'{}\n'.repeat(1_000)}${readFileSync(kept, 'utf8')}`);
    await at.restart({ listen: { port: Number(new URL(url).port) } });
    expect(await check(at.url)).toBe(2);
    expect(said).toContain('the server refused 1000 records of a run');
    const runs = (await at.records()).filter(({ record_type }) => record_type === 'run');
    expect(runs).toHaveLength(before + 2);
    expect(spooled()).toEqual([`${first}.refused`]);
    forget();
    await at.restart({ listen: { port: Number(new URL(url).port) } });
  });

  it('says so when the server does not take them from this caller, and loses nothing', async () => {
    expect(await check(at.url, ['--emitter', 'ci/other'])).toBe(4);
    expect(spooled()).toEqual([expect.stringMatching(/\.refused$/)]);
    expect(await check(at.url, [], at.tokens.auditor)).toBe(4);
    expect(spooled()).toHaveLength(2);
    expect(await check(at.url)).toBe(1);
    expect(spooled()).toHaveLength(1);
  });

  it('sends no token that is not there, over no network as it is, and to nobody whom the checkout names', async () => {
    expect(await check(at.url, [], '')).toBe(2);
    expect(await check('http://evidence.example.com')).toBe(2);
    writeFileSync(join(cwd, '.exhibit.yaml'), `evidence: ${at.url}\n`);
    expect(await check(undefined)).toBe(2);
    expect(said).toContain('must not come from a file of the checkout');
  });
});
