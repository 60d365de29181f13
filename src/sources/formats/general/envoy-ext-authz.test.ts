import { describe, expect, it } from 'vitest';
import { cutOff } from '../../testing/damage.ts';
import { readText } from '../../testing/read-fixture.ts';
import { envoyExtAuthz } from './envoy-ext-authz.ts';

/** Envoy's default format, and Istio's, with a refusal, an answer, the application's own 403 and an authorization that was away. */
const DEFAULT = `[2026-01-02T03:04:05.678Z] "GET /salary/bob?token=s3cr3t HTTP/1.1" 403 UAEX 0 24 3 - "-" "curl/8.5.0" "3c8b6c1e-1" "shop.example" "-"
[2026-01-02T03:04:06.000Z] "GET / HTTP/1.1" 200 - 0 512 12 11 "-" "curl/8.5.0" "3c8b6c1e-2" "shop.example" "10.0.0.1:80"
[2026-01-02T03:04:07.000Z] "GET /admin HTTP/1.1" 403 - 0 9 12 11 "-" "curl/8.5.0" "3c8b6c1e-3" "shop.example" "10.0.0.1:80"
`;
const ISTIO = `[2026-01-02T03:04:05.678Z] "GET /a HTTP/1.1" 403 UAEX ext_authz_denied - "-" 0 24 3 - "-" "curl/8.5.0" "3c8b6c1e-4" "shop.example" "-" inbound|8000|| - 10.0.0.2:8000 10.0.0.9:4 - default
[2026-01-02T03:04:06.678Z] "GET /b HTTP/1.1" 403 UAEX ext_authz_error - "-" 0 0 3 - "-" "curl/8.5.0" "3c8b6c1e-5" "shop.example" "-" inbound|8000|| - 10.0.0.2:8000 10.0.0.9:4 - default
`;
const entry = (over: object = {}) => ({
  start_time: '2026-01-02T03:04:05.678Z',
  method: 'GET',
  path: '/salary/bob?x=1',
  authority: 'shop.example',
  response_code: 403,
  response_flags: 'UAEX',
  request_id: '3c8b6c1e-6',
  ...over,
});
/** As opa-envoy-plugin's tests have one. */
const decision = (result: unknown) => ({
  labels: { version: '1.22.2' },
  decision_id: 'd1',
  path: 'envoy/authz/allow',
  input: {
    attributes: {
      request: {
        http: {
          id: '13359530607844510314',
          method: 'GET',
          host: '192.168.99.100:31380',
          path: '/api/v1/products?a=1',
        },
      },
    },
    parsed_path: ['api', 'v1', 'products'],
    source_principal: 'spiffe://shop/web',
  },
  result,
  timestamp: '2026-01-02T03:04:05Z',
});

describe('Envoy external authorization', () => {
  it('takes the flag UAEX for a refusal, and nothing else for a decision', async () => {
    const { detected, outcomes, problems, facts } = await readText(DEFAULT, 'access.log');
    expect(detected).toMatchObject({
      source: { id: 'envoy-ext-authz' },
      why: 'it has lines of Envoy’s access log',
      also: [],
    });
    expect(problems).toEqual([]);
    expect(facts).toMatchObject({ scanned: 3, population: 'failures' });
    expect(outcomes).toHaveLength(1);
    expect(outcomes[0]).toMatchObject({
      check: 'ext_authz',
      verdict: 'fail',
      disposition: 'enforced',
      subject: { id: '3c8b6c1e-1', name: 'GET shop.example/salary/bob' },
      observed_at: '2026-01-02T03:04:05.678Z',
    });
    expect(JSON.stringify(outcomes)).not.toContain('s3cr3t');
  });

  it('tells an authorization that was away from one that refused', async () => {
    const { outcomes } = await readText(ISTIO, 'access.log');
    expect(outcomes.map(({ verdict, subject, disposition }) => [subject.id, verdict, disposition])).toEqual([
      ['3c8b6c1e-4', 'fail', 'enforced'],
      ['3c8b6c1e-5', 'error', 'enforced'],
    ]);
  });

  it('reads JSON', async () => {
    const rows = [
      entry(),
      entry({ response_flags: '-', response_code: '200' }),
      entry({ response_flags: 'UAEX,X', request_id: 'r2' }),
      { response_code: 1 },
    ];
    const { detected, outcomes, problems } = await readText(
      rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
      'access.json',
    );
    expect(detected.why).toBe('it has response_code and response_flags');
    expect(outcomes.map(({ subject }) => subject.id)).toEqual(['3c8b6c1e-6', 'r2']);
    expect(problems[0]).toMatchObject({ line: 4, message: expect.stringMatching(/^response_flags: /) });
  });

  it('reads the decisions of OPA’s plugin, by request', async () => {
    const { detected, outcomes, facts } = await readText(
      JSON.stringify([decision(true), decision({ allowed: false })]),
      'd.json',
    );
    expect(detected).toMatchObject({
      source: { id: 'envoy-ext-authz' },
      why: 'it has a decision about a request of Envoy',
    });
    expect(facts).toMatchObject({ population: 'all', tool: 'opa' });
    expect(
      outcomes.map(({ tool, verdict, disposition, actor, subject }) => [
        tool,
        verdict,
        disposition,
        actor,
        subject.name,
      ]),
    ).toEqual([
      ['opa', 'pass', undefined, 'spiffe://shop/web', 'GET 192.168.99.100:31380/api/v1/products'],
      ['opa', 'fail', 'enforced', 'spiffe://shop/web', 'GET 192.168.99.100:31380/api/v1/products'],
    ]);
  });

  it('invents no pass of what was cut off', async () => {
    await cutOff(DEFAULT, 'access.log', envoyExtAuthz);
    await cutOff(JSON.stringify([decision(true), decision(true)]), 'd.json', envoyExtAuthz);
  });
});
