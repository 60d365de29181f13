import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
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
  const sink = (keep: boolean) => ({
    write: (text: string) => {
      if (keep) said += text;
    },
    isTTY: false,
    columns: 200,
  });
  const check = (evidence: string | undefined, flags: string[] = [], token = at.tokens.emitter) => {
    said = '';
    const context: Context = {
      env: { EXHIBIT_STATE: state, ...(token === '' ? {} : { EXHIBIT_TOKEN: token }) },
      cwd,
      clock: Date.now,
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
      stdout: sink(false),
      stderr: sink(true),
    };
    const bundle = ['--bundle', 'bundle.tar.gz', '--bundle-key', 'bundle.pub.pem', '--emitter', 'ci/shop'];
    const place = evidence === undefined ? [] : ['--evidence', evidence];
    return main(['check', 'boxes.json', ...bundle, ...place, ...flags], context);
  };
  const spooled = () => {
    const [host] = readdirSync(join(state, 'spool'));
    return readdirSync(join(state, 'spool', host ?? '')).filter((name) => !name.startsWith('.'));
  };

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
