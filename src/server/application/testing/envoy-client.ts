import { join } from 'node:path';
import {
  type ChannelCredentials,
  credentials,
  loadPackageDefinition,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';

const PROTOS = join(import.meta.dirname, '../../../../node_modules/@grpc/grpc-js-xds/deps');

/** Envoy's published files, as the gRPC project carries them. */
export const PUBLISHED: PackageDefinition = loadSync('envoy/service/auth/v3/external_auth.proto', {
  includeDirs: ['envoy-api', 'xds', 'googleapis', 'protoc-gen-validate'].map((name) => join(PROTOS, name)),
  longs: String,
  keepCase: true,
  oneofs: true,
});

export interface CheckResponse {
  status: { code: number; message: string };
  http_response?: 'denied_response' | 'ok_response';
  denied_response?: { status: { code: string | number }; body: string };
}

type Callback = (error: ServiceError | null, answer: CheckResponse) => void;
export interface Client {
  Check(request: object, callback: Callback): unknown;
  makeUnaryRequest(
    path: string,
    serialize: (value: Buffer) => Buffer,
    deserialize: (value: Buffer) => Buffer,
    argument: Buffer,
    callback: (error: ServiceError | null, answer?: Buffer) => void,
  ): unknown;
  close(): void;
}
type Make = new (address: string, own: ChannelCredentials, options?: object) => Client;

/** A client that is made from the published files. */
export function envoyClient(
  address: string,
  own = credentials.createInsecure(),
  options: object = {},
): Client {
  const loaded = loadPackageDefinition(PUBLISHED) as unknown as {
    envoy: { service: { auth: { v3: { Authorization: Make } } } };
  };
  return new loaded.envoy.service.auth.v3.Authorization(address, own, options);
}

export function ask(client: Client, request: object): Promise<CheckResponse> {
  return new Promise((resolve, reject) =>
    client.Check(request, (error, answer) => (error === null ? resolve(answer) : reject(error))),
  );
}

/** What Envoy asks about a request. Header values count as they come: lower-case names. */
export const check = (method: string, path: string, headers: Record<string, string> = {}) => ({
  attributes: {
    source: {
      address: { socket_address: { address: '10.0.0.7', port_value: 40_000 } },
      principal: 'spiffe://acme/web',
    },
    destination: { address: { socket_address: { address: '10.0.0.8', port_value: 8_080 } } },
    request: {
      time: { seconds: 1_795_694_400, nanos: 123_000_000 },
      http: {
        id: '1',
        method,
        path,
        host: 'shop.example',
        scheme: 'https',
        size: -1,
        protocol: 'HTTP/2',
        headers,
      },
    },
    context_extensions: { virtual_host: 'shop' },
  },
});
