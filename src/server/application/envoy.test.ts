import { connect } from 'node:http2';
import type { ServiceError } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describeWithOpa } from '../../engine/testing/need-opa.ts';
import { type Given, type Harness, harness } from '../testing/harness.ts';
import { checkInput } from './envoy/input.ts';
import { CHECK_PATH, decodeCheck, ROOT } from './envoy/proto.ts';
import { ask, type Client, check, envoyClient, PUBLISHED } from './testing/envoy-client.ts';
import { applicationBundle, type Source } from './testing/policies.ts';

let at: Harness;
let source: Source;
let client: Client;
const AUTHZ: Given['authz'] = { listen: { port: 0 } };

async function start(authz: Given['authz'] = AUTHZ, given: Given = source.settings): Promise<void> {
  at = await harness({ ...given, authz });
  client = envoyClient(at.server.authz ?? '', undefined, { 'grpc.max_send_message_length': -1 });
}
const decisions = async () => (await at.records()).filter(({ record_type }) => record_type === 'decision');
const faultOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no fault',
    (error: ServiceError) => error.code,
  );

describeWithOpa('external authorisation of Envoy', () => {
  beforeAll(async () => {
    source = await applicationBundle();
  });
  afterAll(() => source.remove());
  afterEach(async () => {
    client.close();
    await at.remove();
  });

  it('lets through and denies by the policies, with every decision on the record', async () => {
    await start();
    const [open, closed, admin] = await Promise.all([
      ask(client, check('GET', '/cart?id=1')),
      ask(client, check('GET', '/admin/users')),
      ask(client, check('GET', '/admin/users', { 'x-role': 'admin' })),
    ]);
    expect([open.status.code, open.http_response]).toEqual([0, 'ok_response']);
    expect([admin.status.code, admin.http_response]).toEqual([0, 'ok_response']);
    expect([closed.status.code, closed.http_response, closed.denied_response?.status.code]).toEqual([
      7,
      'denied_response',
      403,
    ]);
    const { decision_id } = JSON.parse(closed.denied_response?.body ?? '{}') as { decision_id: string };
    const records = await decisions();
    expect(records.map(({ subject_id, verdict, disposition }) => [subject_id, verdict, disposition])).toEqual(
      [
        ['GET /cart?id=1', 'pass', 'none'],
        ['GET /admin/users', 'fail', 'enforced'],
        ['GET /admin/users', 'pass', 'none'],
      ],
    );
    expect(records[1]).toMatchObject({ format: 'envoy-ext-authz', actor_verified_by: 'none' });
    expect(JSON.parse(records[1]?.ext ?? '{}')).toMatchObject({ decision_id });
    expect(records[1]?.input_ref).toBeUndefined();
  });

  it('asks one rule where the settings name it, and denies where there is none', async () => {
    await start({ ...AUTHZ, rule: 'exhibit/entry/policy_http_admin', store_inputs: true });
    expect((await ask(client, check('GET', '/admin'))).status.code).toBe(7);
    client.close();
    await at.restart({ ...source.settings, authz: { ...AUTHZ, rule: 'exhibit/entry/policy_nothing' } });
    client = envoyClient(at.server.authz ?? '');
    expect((await ask(client, check('GET', '/cart'))).status.code).toBe(7);
    const records = await decisions();
    expect(records.map(({ verdict }) => verdict)).toEqual(['fail', 'error']);
    expect(records[0]?.input_ref).toMatch(/^sha256:/);
  });

  it('denies, and says so on the record, without a bundle or where no policy applies', async () => {
    await start(AUTHZ, {});
    const { status, denied_response } = await ask(client, check('GET', '/cart'));
    expect([status.code, denied_response?.status.code]).toEqual([7, 403]);
    client.close();
    await at.restart({ ...source.settings, authz: AUTHZ });
    client = envoyClient(at.server.authz ?? '');
    expect((await ask(client, {})).status.code).toBe(7);
    expect((await decisions()).map(({ verdict, message }) => [verdict, message])).toEqual([
      ['not_evaluated', 'there is no verified bundle'],
      ['not_evaluated', 'no policy of the layer runtime applies'],
    ]);
  });

  it('keeps secrets of headers out of the records', async () => {
    await start({ ...AUTHZ, store_inputs: true });
    await ask(client, check('GET', '/cart', { authorization: 'Bearer hunter2-hunter2-hunter2' }));
    const [record] = await decisions();
    expect(record?.redactions).toEqual([
      expect.objectContaining({ path: expect.stringContaining('authorization') }),
    ]);
    expect(JSON.stringify(await at.records())).not.toContain('hunter2');
  });

  it('refuses what is no message, what is too long, and another method', async () => {
    await start({ ...AUTHZ, message_bytes: 65_536 });
    const raw = (bytes: Buffer, path = CHECK_PATH) =>
      faultOf(
        new Promise((resolve, reject) =>
          client.makeUnaryRequest(
            path,
            (value) => value,
            (value) => value,
            bytes,
            (error, answer) => (error === null ? resolve(answer) : reject(error)),
          ),
        ),
      );
    // A length that runs beyond the message; a wire type that there is not.
    expect(await raw(Buffer.from([0x0a, 0x7f, 0x00]))).toBe(13);
    expect(await raw(Buffer.from([0x0f]))).toBe(13);
    expect(await faultOf(ask(client, check('POST', '/cart', { x: 'y'.repeat(10 * 1024 * 1024) })))).toBe(8);
    expect(await raw(Buffer.alloc(0), '/envoy.service.auth.v3.Authorization/Other')).toBe(12);
    // A field that nobody knows is passed over, as protobuf wants it: what is left is judged.
    expect(await raw(Buffer.from([0xf8, 0x7f, 0x01]))).toBe('no fault');
    expect((await ask(client, check('GET', '/cart'))).status.code).toBe(0);
    expect((await decisions()).map(({ verdict }) => verdict)).toEqual(['not_evaluated', 'pass']);
  });

  it('is not held up by a caller that sends slowly, and lets it go when it stops', async () => {
    await start();
    const session = connect(`http://${at.server.authz}`);
    session.on('error', () => undefined);
    const stream = session.request({
      ':method': 'POST',
      ':path': CHECK_PATH,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.on('error', () => undefined);
    stream.write(Buffer.from([0, 0, 0, 0, 50, 0x0a]));
    expect((await ask(client, check('GET', '/cart'))).status.code).toBe(0);
    session.destroy();
    await at.stop();
  });
});

describe('the proto', () => {
  interface Field {
    name: string;
    number: number;
    type: string;
    label: string;
  }
  const NAMES: Record<string, string> = {
    Struct: 'google.protobuf.Struct',
    Value: 'google.protobuf.Value',
    ListValue: 'google.protobuf.ListValue',
    Timestamp: 'google.protobuf.Timestamp',
    Status: 'google.rpc.Status',
    HttpStatus: 'envoy.type.v3.HttpStatus',
    Internal: 'envoy.config.core.v3.EnvoyInternalAddress',
    CheckRequest: 'envoy.service.auth.v3.CheckRequest',
    CheckResponse: 'envoy.service.auth.v3.CheckResponse',
    DeniedHttpResponse: 'envoy.service.auth.v3.DeniedHttpResponse',
    OkHttpResponse: 'envoy.service.auth.v3.OkHttpResponse',
    AttributeContext: 'envoy.service.auth.v3.AttributeContext',
  };
  const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const fieldsOf = (name: string): Map<string, Field> => {
    const { type } = PUBLISHED[name] as unknown as { type: { field: Field[] } };
    return new Map(type.field.map((field) => [snake(field.name), field]));
  };

  it('has the fields of the files that Envoy publishes, with their numbers', () => {
    const space = ROOT.lookup('envoy.service.auth.v3') as import('protobufjs').Namespace;
    let seen = 0;
    for (const own of space.nestedArray as import('protobufjs').Type[]) {
      const published = fieldsOf(NAMES[own.name] ?? `envoy.config.core.v3.${own.name}`);
      for (const { name, id } of own.fieldsArray) {
        const plain = snake(name);
        expect([own.name, plain, published.get(plain)?.number]).toEqual([own.name, plain, id]);
        seen += 1;
      }
    }
    expect(seen).toBe(47);
  });

  it('has the fields of the messages inside of others, too: what the published client writes is read whole', () => {
    const asked = {
      attributes: {
        source: {
          address: {
            socket_address: {
              protocol: 'UDP',
              address: '::1',
              port_value: 1,
              resolver_name: 'r',
              ipv4_compat: true,
            },
          },
          service: 's',
          labels: { a: 'b' },
          principal: 'p',
          certificate: 'c',
        },
        destination: { address: { pipe: { path: '/run/x', mode: 7 } } },
        request: {
          time: { seconds: 1_795_694_400, nanos: 123_000_000 },
          http: {
            id: 'i',
            method: 'M',
            path: '/a/b?x=1&x=2&y=',
            host: 'h',
            scheme: 'https',
            query: 'q',
            fragment: 'f',
            size: '12345678901',
            protocol: 'HTTP/1.1',
            body: 'b',
            raw_body: Buffer.from([0, 255]),
            header_map: {
              headers: [
                { key: 'A', value: '1' },
                { key: 'a', raw_value: Buffer.from('2') },
              ],
            },
          },
        },
        context_extensions: { k: 'v' },
        metadata_context: {
          filter_metadata: {
            jwt: {
              fields: {
                sub: { stringValue: 'ada' },
                n: { numberValue: 1.5 },
                ok: { boolValue: true },
                none: { nullValue: 0 },
                list: { listValue: { values: [{ stringValue: 'x' }] } },
                inner: { structValue: { fields: { a: { boolValue: false } } } },
              },
            },
          },
        },
        tls_session: { sni: 'shop.example' },
      },
    };
    const { Check } = PUBLISHED['envoy.service.auth.v3.Authorization'] as unknown as {
      Check: { requestSerialize(value: unknown): Buffer; path: string };
    };
    expect(Check.path).toBe(CHECK_PATH);
    // Names of protobuf's JSON mapping; OPA's plugin for Envoy gives policies the same.
    expect(checkInput(decodeCheck(Check.requestSerialize(asked)))).toEqual({
      attributes: {
        source: {
          address: {
            socketAddress: {
              protocol: 'UDP',
              address: '::1',
              portValue: 1,
              resolverName: 'r',
              ipv4Compat: true,
            },
          },
          service: 's',
          labels: { a: 'b' },
          principal: 'p',
          certificate: 'c',
        },
        destination: { address: { pipe: { path: '/run/x', mode: 7 } } },
        request: {
          time: '2026-11-26T12:00:00.123Z',
          http: {
            id: 'i',
            method: 'M',
            path: '/a/b?x=1&x=2&y=',
            host: 'h',
            scheme: 'https',
            query: 'q',
            fragment: 'f',
            size: '12345678901',
            protocol: 'HTTP/1.1',
            body: 'b',
            rawBody: 'AP8=',
            headers: { a: '1,2' },
          },
        },
        contextExtensions: { k: 'v' },
        metadataContext: {
          filterMetadata: {
            jwt: { sub: 'ada', n: 1.5, ok: true, none: null, list: ['x'], inner: { a: false } },
          },
        },
        tlsSession: { sni: 'shop.example' },
      },
      parsed_path: ['a', 'b'],
      parsed_query: { x: ['1', '2'], y: [''] },
    });
  });
});
