import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Issuer, issuer } from '../testing/issuer.ts';
import { type Stage, stage } from '../testing/stage.ts';
import type { Answer, Visitor } from '../testing/visitor.ts';

let provider: Issuer;
let one: Stage;
let id: string;

beforeAll(async () => {
  provider = await issuer({ id: 'exhibit', secret: 'plain-secret' });
  const file = join(tmpdir(), `exhibit-oidc-${process.pid}`);
  writeFileSync(file, 'plain-secret\n');
  one = await stage({
    oidc: [
      {
        name: 'Example',
        issuer: provider.url,
        client_id: 'exhibit',
        client_secret_file: file,
        grants: [{ claims: { groups: 'policy-engineers' }, roles: ['engineer'] }],
      },
    ],
  });
  const reference = `actor:${createHash('sha256').update('ada@audit.example').digest('hex').slice(0, 24)}`;
  await one.open({ framework: 'iso27001', auditor: 'actor:somebody-else' });
  id = await one.open({ auditor: reference });
}, 60_000);
afterAll(async () => {
  await one?.remove();
  await provider?.stop();
});
beforeEach(() => {
  provider.claims = { email: 'ada@audit.example', email_verified: true };
  provider.foreignKey = false;
});

/** To the issuer and back. @returns the path that the issuer sent the browser to */
async function there(visitor: Visitor): Promise<string> {
  const begun = await visitor.get('/portal/oidc/0');
  expect(begun.status).toBe(303);
  const sent = await fetch(String(begun.headers.location), { redirect: 'manual' });
  const { pathname, search } = new URL(sent.headers.get('location') ?? '');
  return `${pathname}${search}`;
}

async function signIn(claims: JWTPayload = {}): Promise<Answer> {
  provider.claims = { ...provider.claims, ...claims };
  const visitor = one.visitor();
  return visitor.get(await there(visitor));
}

describe('sign-in by OpenID Connect', () => {
  test('the auditor whom an open engagement names comes into it, and one of the team by a grant', async () => {
    const answer = await signIn();
    expect([answer.status, answer.headers.location]).toEqual([303, `/portal/e/${id}/`]);
    const engineer = await signIn({ email: 'eve@shop.example', groups: ['policy-engineers'] });
    expect([engineer.status, engineer.headers.location]).toEqual([303, '/portal/engineer']);
  });

  test('what is sent to the issuer has PKCE, state and nonce, each new', async () => {
    const visitor = one.visitor();
    const asked = await Promise.all([visitor.get('/portal/oidc/0'), visitor.get('/portal/oidc/0')]);
    const [a, b] = asked.map(({ headers }) => new URL(String(headers.location)).searchParams);
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(a?.get(name)).toMatch(/^[\w-]{43}$/);
      expect(a?.get(name)).not.toBe(b?.get(name));
    }
    expect(a?.get('redirect_uri')).toBe(`${one.url}/portal/oidc/callback`);
  });

  test.each<[string, JWTPayload]>([
    ['an address that the issuer did not verify', { email_verified: false }],
    ['nothing of its being verified', { email_verified: undefined }],
    ['another address', { email: 'mallory@audit.example' }],
    ['an address in a list', { email: ['ada@audit.example'] as never }],
    ['a group whose name begins so', { email: 'x@x.example', groups: ['policy-engineers-2'] }],
    ['another audience', { aud: 'other' }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['another nonce', { nonce: 'other' }],
    ['a token that has expired', { exp: 1 }],
    ['several audiences and none that it was made for', { aud: ['exhibit', 'other'], azp: 'other' }],
  ])('nobody comes in with %s', async (_, claims) => {
    expect((await signIn(claims)).status).toBe(403);
  });

  test('nor with a token that another key signed', async () => {
    provider.foreignKey = true;
    expect((await signIn()).status).toBe(403);
  });

  test('an answer is good once, and only in the browser that began', async () => {
    const [victim, attacker] = [one.visitor(), one.visitor()];
    const path = await there(attacker);
    // The attacker's own answer, put to somebody else: he would sign in as the attacker.
    expect((await victim.get(path)).status).toBe(403);
    // Who began is not disturbed by it, and comes in once.
    expect((await attacker.get(path)).status).toBe(303);
    expect((await attacker.get(path)).status).toBe(403);
    const visitor = one.visitor();
    const good = await there(visitor);
    expect((await visitor.get(good)).status).toBe(303);
    expect((await visitor.get(good)).status).toBe(403);
    expect((await visitor.get('/portal/oidc/callback?code=x&state=y')).status).toBe(403);
    const other = one.visitor();
    const mixed = (await there(other)).replace(/iss=[^&]*/, 'iss=https%3A%2F%2Fevil.example');
    expect((await other.get(mixed)).status).toBe(403);
    // This issuer says that each of its answers names it (RFC 9207): one that names nobody is not its own.
    const silent = (await there(other)).replace(/&iss=[^&]*/, '');
    const { status, body } = await other.get(silent);
    expect([status, body.includes('the answer is of another issuer')]).toEqual([403, true]);
  });

  test('a cookie that is kept brings nobody in a second time, and one of somebody else or of nobody brings nobody', async () => {
    const visitor = one.visitor();
    const good = await there(visitor);
    const kept = visitor.cookies.get('exhibit-oidc') ?? '';
    expect((await visitor.get(good)).status).toBe(303);
    expect(visitor.cookies.has('exhibit-oidc')).toBe(false);
    visitor.cookies.set('exhibit-oidc', kept);
    expect((await visitor.get(good)).status).toBe(403);
    const wrong = one.visitor();
    const path = await there(wrong);
    const own = Buffer.from(wrong.cookies.get('exhibit-oidc') ?? '', 'base64url');
    own[20] = (own[20] ?? 0) ^ 1;
    for (const cookie of [own.toString('base64url'), kept, '', 'x', 'A'.repeat(4_000)]) {
      wrong.cookies.set('exhibit-oidc', cookie);
      expect((await wrong.get(path)).status).toBe(403);
    }
    // Neither state nor verifier can be read out of it.
    const plain = Buffer.from(kept, 'base64url').toString('latin1');
    expect(plain).not.toContain(new URL(good, one.url).searchParams.get('state'));
    expect(plain).not.toContain('verifier');
  });

  test('sign-ins in several tabs of one browser do not end each other', async () => {
    const visitor = one.visitor();
    const [tab, second] = [await there(visitor), await there(visitor)];
    expect((await visitor.get(tab)).status).toBe(303);
    const other = one.visitor();
    const [third, fourth, fifth, sixth] = [
      ...[await there(other), await there(other), await there(other), await there(other)],
    ];
    // Three at a time: the oldest of four made room.
    expect((await other.get(third ?? '')).status).toBe(403);
    for (const path of [sixth, fourth]) {
      const copy = one.visitor();
      for (const [name, value] of other.cookies) copy.cookies.set(name, value);
      expect((await copy.get(path ?? '')).status).toBe(303);
    }
    expect((await other.get(fifth ?? '')).status).toBe(303);
    expect((await visitor.get(second)).status).toBe(403);
  });

  test('any number of sign-ins that nobody ends is in the way of no other one, and asks the issuer once', async () => {
    const visitor = one.visitor();
    const path = await there(visitor);
    const before = new Map(provider.asked);
    for (let begun = 0; begun < 2_500; begun += 50)
      await Promise.all(Array.from({ length: 50 }, () => one.visitor().get('/portal/oidc/0')));
    expect((await visitor.get(path)).status).toBe(303);
    const more = (name: string) => (provider.asked.get(name) ?? 0) - (before.get(name) ?? 0);
    expect(more('/.well-known/openid-configuration')).toBeLessThanOrEqual(1);
    expect(more('/keys')).toBeLessThanOrEqual(1);
    expect(more('/token')).toBe(1);
  }, 120_000);

  test('a key that the issuer has made since is found', async () => {
    expect((await signIn()).status).toBe(303);
    await provider.rotate();
    expect((await signIn()).status).toBe(303);
  });

  test('nobody comes in after the engagement was closed', async () => {
    await one.close(id);
    expect((await signIn()).status).toBe(403);
  });

  test('one that took too long is over', async () => {
    const visitor = one.visitor();
    const path = await there(visitor);
    one.wait(600_000);
    const answer = await visitor.get(path);
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('took too long');
  });
});
