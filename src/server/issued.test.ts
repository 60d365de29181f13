import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isDue, type Made, planOf } from './issued/plan.ts';
import { type Harness, harness } from './testing/harness.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SPANS = { authority: 365 * DAY, leaf: 30 * DAY, overlap: 14 * DAY };

describe('which authority signs', () => {
  it('over ten years, callers who look for what to trust once in the overlap trust each certificate', () => {
    const authorities: Made[] = [];
    let known = new Set<Made>();
    let leaf: { from: number; until: number; by: Made } | undefined;
    const signers = new Set<unknown>();
    for (let now = 0; now < 3_650 * DAY; now += 6 * HOUR) {
      if (planOf(authorities, now, SPANS).make)
        authorities.push({ made: now, from: now, until: now + SPANS.authority });
      const { signer, trusted } = planOf(authorities, now, SPANS);
      if (now % SPANS.overlap === 0) known = new Set(trusted);
      if (leaf === undefined || isDue(leaf, now)) {
        if (signer === undefined) throw new Error('nobody signs');
        leaf = { from: now, until: Math.min(now + SPANS.leaf, signer.until), by: signer };
        signers.add(signer);
      }
      expect(now < leaf.until && now < leaf.by.until, `day ${now / DAY}`).toBe(true);
      expect(known.has(leaf.by), `day ${now / DAY}`).toBe(true);
      expect(trusted.length).toBeLessThanOrEqual(2);
    }
    // 365 days each, of which the last 44 have a successor: 3,650 / 321 begun.
    expect(authorities).toHaveLength(12);
    expect(signers.size).toBeGreaterThan(10);
  });

  it('over ten years, where callers are told late, one that they trust signs as long as there is one', () => {
    const authorities: Made[] = [];
    let told = new Set<Made>();
    let leaf: { from: number; until: number; by: Made } | undefined;
    for (let now = 0; now < 3_650 * DAY; now += 6 * HOUR) {
      if (planOf(authorities, now, SPANS).make)
        authorities.push({ made: now, from: now, until: now + SPANS.authority });
      // Callers cannot be told for 40 days of each 100: longer than the overlap.
      const away = now % (100 * DAY) > 60 * DAY;
      const { signer, trusted } = planOf(authorities, now, SPANS, (one) => told.has(one));
      if (leaf === undefined || isDue(leaf, now)) {
        if (signer === undefined) throw new Error('nobody signs');
        leaf = { from: now, until: Math.min(now + SPANS.leaf, signer.until), by: signer };
      }
      if (now > 0) expect(told.has(leaf.by), `day ${now / DAY}`).toBe(true);
      if (!away) told = new Set(trusted);
    }
  });

  it('one that callers were not told of signs only where there is no other', () => {
    const now = 400 * DAY;
    const old = { made: 40 * DAY, from: 40 * DAY, until: 405 * DAY };
    const next = { made: 370 * DAY, from: 370 * DAY, until: 735 * DAY };
    const signer = (...told: Made[]) => planOf([old, next], now, SPANS, (one) => told.includes(one)).signer;
    expect(planOf([old, next], now, SPANS).signer).toBe(next);
    expect([signer(), signer(old), signer(old, next), signer(next)]).toEqual([old, old, next, next]);
  });

  it('one that a fast clock made does not sign before its time', () => {
    const [now, ahead] = [100 * DAY, 130 * DAY];
    const old = { made: 0, from: 0, until: SPANS.authority };
    const early = { made: ahead, from: ahead, until: ahead + SPANS.authority };
    expect(planOf([early, old], now, SPANS)).toEqual({ make: false, signer: old, trusted: [old, early] });
  });
});

describe('a server that makes its certificate', () => {
  let folder: string;
  let at: Harness;
  let now: number;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'exhibit-issued-'));
    now = Date.now();
  });
  afterEach(async () => {
    await at.remove();
    rmSync(folder, { recursive: true, force: true });
  });
  const given = (more: Record<string, unknown> = {}) => ({
    tls: { issued: { folder, names: ['exhibit.exhibit.svc', '127.0.0.1', '2001:db8::1'], ...more } },
  });
  const bundle = () => readFileSync(join(folder, 'bundle.pem'), 'utf8');

  /** Asks as an API server does: by the name of a service, trusting what it was given. */
  const certificate = (ca: string, servername = 'exhibit.exhibit.svc', url = at.url) =>
    new Promise<X509Certificate>((resolve, reject) => {
      const sent = request(`${url}/healthz`, { ca, servername, agent: false }, (response) => {
        const found = (response.socket as TLSSocket).getPeerX509Certificate();
        response.resume();
        response.once('end', () => (found === undefined ? reject(new Error('none')) : resolve(found)));
      });
      sent.once('error', reject);
      sent.end();
    });

  it('is trusted under its names by who has bundle.pem, and by nobody else', async () => {
    at = await harness(given(), () => now);
    const cert = await certificate(bundle());
    expect(cert.subjectAltName).toBe(
      'DNS:exhibit.exhibit.svc, IP Address:127.0.0.1, IP Address:2001:DB8:0:0:0:0:0:1',
    );
    expect(cert.ca).toBe(false);
    expect(cert.keyUsage, 'serverAuth').toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(new X509Certificate(bundle()).ca).toBe(true);
    expect(Date.parse(cert.validTo) - now).toBeLessThanOrEqual(30 * DAY);
    await expect(certificate(bundle(), 'other.exhibit.svc')).rejects.toThrow(
      "does not match certificate's altnames",
    );
    const other = mkdtempSync(join(tmpdir(), 'exhibit-issued-'));
    const stranger = await harness({ tls: { issued: { folder: other, names: ['exhibit.exhibit.svc'] } } });
    await expect(certificate(readFileSync(join(other, 'bundle.pem'), 'utf8'))).rejects.toThrow();
    await stranger.remove();
    rmSync(other, { recursive: true });
  });

  it('renews it without a restart, and keeps it over one', async () => {
    // Clocks in TLS are the real ones, so the server's goes on by less than what it allows others to be behind: five minutes.
    at = await harness(given({ leaf_days: 6 / 1_440, overlap_days: 1 / 1_440 }), () => now);
    const first = await certificate(bundle());
    await at.server.look();
    expect((await certificate(bundle())).fingerprint256).toBe(first.fingerprint256);
    now += 4 * 60_000;
    await at.server.look();
    const second = await certificate(bundle());
    expect(second.fingerprint256).not.toBe(first.fingerprint256);
    await at.restart();
    expect((await certificate(bundle())).fingerprint256).toBe(second.fingerprint256);
    await at.restart(given({ leaf_days: 6 / 1_440, overlap_days: 1 / 1_440, names: ['new.exhibit.svc'] }));
    expect((await certificate(bundle(), 'new.exhibit.svc')).subjectAltName).toBe('DNS:new.exhibit.svc');
  });

  it('its authority is followed by another one, both are in bundle.pem, and who has the old text still trusts the server', async () => {
    const minutes = { authority_days: 8 / 1_440, leaf_days: 5 / 1_440, overlap_days: 1 / 1_440 };
    at = await harness(given(minutes), () => now);
    const before = bundle();
    now += 2.5 * 60_000;
    await at.server.look();
    const both = bundle();
    expect(both.startsWith(before) && both.length > before.length).toBe(true);
    const old = await certificate(before);
    now += 1.8 * 60_000;
    await at.server.look();
    const next = await certificate(both);
    expect(next.fingerprint256).not.toBe(old.fingerprint256);
    expect(next.checkIssued(new X509Certificate(both.slice(before.length)))).toBe(true);
  });

  it('replicas share the authority and have certificates of their own', async () => {
    at = await harness(given(), () => now);
    const other = await harness(given(), () => now);
    const [one, two] = [await certificate(bundle()), await certificate(bundle(), undefined, other.url)];
    expect(one.fingerprint256).not.toBe(two.fingerprint256);
    expect(readdirSync(folder).filter((name) => name.startsWith('authority-'))).toHaveLength(1);
    await other.remove();
  });

  it('an authority that is damaged is said, and nothing is made beside it', async () => {
    at = await harness();
    await at.stop();
    writeFileSync(join(folder, 'authority-1.json'), '{}');
    await expect(at.restart(given())).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(readdirSync(folder)).toEqual(['authority-1.json']);
    await at.restart({});
  });
});
