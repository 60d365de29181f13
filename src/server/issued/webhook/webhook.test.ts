import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { webhookConfiguration } from '../../admission/webhook.ts';
import { issueAuthority } from '../certificate.ts';
import { MOST, mergeCaBundle } from './ca-bundle.ts';
import { lookAt } from './configuration.ts';

const NOW = Date.UTC(2026, 10, 26, 12);
const HOUR = 3_600_000;
const authority = async (name: string, until = NOW + HOUR) =>
  (await issueAuthority({ name, from: NOW - HOUR, until })).cert;
const base64 = (...pems: string[]) => Buffer.from(pems.join('')).toString('base64');
const text = (wanted: string | undefined) => Buffer.from(wanted ?? '', 'base64').toString();
const fingerprints = (...pems: string[]) =>
  new Set(pems.map((pem) => new X509Certificate(pem).fingerprint256));

describe('caBundle', () => {
  it('gets what is missing, keeps what others put there, and loses what is over or no certificate', async () => {
    const [own, next, other, over] = await Promise.all([
      authority('own'),
      authority('next'),
      authority('other'),
      authority('over', NOW - 1_000),
    ]);
    expect(mergeCaBundle(undefined, [own], NOW)).toEqual({ carried: new Set(), wanted: base64(own) });
    expect(mergeCaBundle(base64(own), [own], NOW)).toEqual({
      carried: fingerprints(own),
      wanted: undefined,
    });
    const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    const merged = mergeCaBundle(base64('words ', over, broken, other, own), [own, next], NOW);
    expect(merged?.carried).toEqual(fingerprints(over, other, own));
    expect(text(merged?.wanted)).toBe(other + own + next);
  });

  it('takes no text that grows without end', async () => {
    const many = await Promise.all(Array.from({ length: MOST }, (_, i) => authority(`one ${i}`)));
    const own = await authority('own');
    expect(mergeCaBundle(base64(...many.slice(1)), [own], NOW)?.wanted).toBeDefined();
    expect(mergeCaBundle(base64(...many), [own], NOW)).toBeUndefined();
  });
});

describe('a configuration', () => {
  const configuration = (): {
    metadata: Record<string, unknown>;
    webhooks: { name: string; clientConfig: Record<string, unknown> }[];
  } => {
    const made = webhookConfiguration({
      place: { url: 'https://exhibit.example.com' },
      failure: 'Fail',
      exempt: [],
      timeout: 5,
      deletes: false,
      keepsCa: true,
    });
    const stored = { ...(made.metadata as object), uid: 'u', resourceVersion: '7' };
    return { ...made, metadata: stored } as unknown as ReturnType<typeof configuration>;
  };

  it('is changed in its own webhook alone, and only as it was seen', async () => {
    const own = await authority('own');
    const seen = configuration();
    const [ours] = seen.webhooks;
    const others = { name: 'validate.example.com', clientConfig: { url: 'https://example.com' } };
    expect(lookAt({ ...seen, webhooks: [others, ours] }, [own], NOW)).toEqual({
      kind: 'ours',
      carried: new Set(),
      patch: [
        { op: 'test', path: '/metadata/uid', value: 'u' },
        { op: 'test', path: '/metadata/resourceVersion', value: '7' },
        { op: 'add', path: '/webhooks/1/clientConfig/caBundle', value: base64(own) },
      ],
    });
  });

  it.each<[string, (seen: ReturnType<typeof configuration>) => unknown]>([
    ['of another kind', (seen) => ({ ...seen, kind: 'MutatingWebhookConfiguration' })],
    ['without label', (seen) => ({ ...seen, metadata: { ...seen.metadata, labels: null } })],
    ['without annotation', (seen) => ({ ...seen, metadata: { ...seen.metadata, annotations: {} } })],
    ['without our webhook', (seen) => ({ ...seen, webhooks: [] })],
    ['that is nothing', () => null],
  ])('%s is refused', async (_, change) => {
    const own = await authority('own');
    expect(lookAt(change(configuration()), [own], NOW).kind).toBe('refused');
  });
});
