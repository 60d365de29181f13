import { expect, test, vi } from 'vitest';
import { stage } from '../testing/stage.ts';

vi.setConfig({ testTimeout: 300_000 });

test('the page on how evidence was made says who may read, as the server itself is configured, and no secret', async () => {
  const own = await stage({
    oidc: [
      {
        ...{ name: 'Sign in', issuer: 'https://id.example', client_id: 'exhibit' },
        ...{ scopes: ['openid'], auditor_claim: 'email', client_secret_file: '/run/secrets/never-shown' },
        grants: [{ claims: { group: 'security' }, roles: ['engineer'] }],
      },
    ],
  });
  try {
    const visitor = own.visitor();
    const engagement = await own.open();
    await visitor.enter(await own.linkUrl({ engagement }));
    const { body } = await visitor.ready(`/portal/e/${engagement}/methodology`);
    const words = body.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
    expect(words).not.toContain('no settings of a server were given');
    expect(words).toContain('As this server is configured now, by its own word.');
    expect(words).toMatch(/administrator token administrator no end/);
    expect(words).toMatch(/approver token approver no end/);
    expect(words).toMatch(
      /group=security portal, OIDC, https:\/\/id\.example engineer 480 minutes a session/,
    );
    expect(words).toContain('whose email an engagement names');
    expect(body).not.toMatch(/never-shown|sha256:[0-9a-f]{64}[^<]*token/);
  } finally {
    await own.remove();
  }
});
