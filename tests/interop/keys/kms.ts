import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

/** What happens to the next request, once. */
export type Fault = 'throttled' | 'lost' | 'silent' | 'denied' | 'disabled' | 'garbage';

/**
 * AWS KMS as far as a signer sees it: `Sign` and `GetPublicKey` over the JSON protocol, with the members that the model of the service has
 * for them, and real Ed25519 keys. moto 5.2.5 has no such keys.
 */
export interface Kms {
  endpoint: string;
  /** ARN of a new key. */
  createKey(): string;
  /** Puts other key material behind the same ARN. */
  replace(arn: string): void;
  /** Each is for one request, in order. */
  faults: Fault[];
  /** Operations that were asked for, in order. */
  asked: string[];
  stop(): Promise<void>;
}

const keyId = z.string().min(1).max(2048);
const REQUESTS = {
  // Members of the service's model (2014-11-01); Message is at most 4096 bytes.
  Sign: z.strictObject({
    KeyId: keyId,
    Message: z.base64().refine((text) => Buffer.from(text, 'base64').length <= 4096),
    MessageType: z.literal('RAW'),
    SigningAlgorithm: z.literal('ED25519_SHA_512'),
  }),
  GetPublicKey: z.strictObject({ KeyId: keyId }),
};

export const REGION = 'eu-west-1';

export async function startKms(): Promise<Kms> {
  const keys = new Map<string, ReturnType<typeof pair>>();
  const faults: Fault[] = [];
  const asked: string[] = [];
  const server = createServer((request, response) => {
    void answer(request, response, keys, faults, asked).catch(() => response.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    createKey() {
      const arn = `arn:aws:kms:${REGION}:111122223333:key/00000000-0000-4000-8000-${String(keys.size).padStart(12, '0')}`;
      keys.set(arn, pair());
      return arn;
    },
    replace: (arn) => void keys.set(arn, pair()),
    faults,
    asked,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const pair = () => generateKeyPairSync('ed25519');

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  keys: ReadonlyMap<string, ReturnType<typeof pair>>,
  faults: Fault[],
  asked: string[],
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const operation = /^TrentService\.(Sign|GetPublicKey)$/.exec(String(request.headers['x-amz-target']))?.[1];
  const send = (status: number, body: object) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(body));
  };
  const refuse = (type: string, status = 400) =>
    send(status, { __type: type, message: `${type} of the test` });
  if (operation === undefined) return refuse('UnknownOperationException');
  asked.push(operation);
  if (!new RegExp(`/${REGION}/kms/aws4_request, `).test(String(request.headers.authorization)))
    return refuse('IncompleteSignature');
  const fault = faults.shift();
  if (fault === 'throttled') return refuse('ThrottlingException');
  if (fault === 'denied') return refuse('AccessDeniedException');
  if (fault === 'disabled') return refuse('DisabledException');
  if (fault === 'silent') return;
  const body = REQUESTS[operation as keyof typeof REQUESTS].safeParse(
    JSON.parse(Buffer.concat(parts).toString()),
  );
  if (!body.success) return refuse('ValidationException');
  const key = keys.get(body.data.KeyId);
  if (key === undefined) return refuse('NotFoundException');
  const common = { KeyId: body.data.KeyId };
  const message = 'Message' in body.data ? String(body.data.Message) : undefined;
  if (message === undefined) {
    const spki = key.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    return send(200, {
      ...common,
      PublicKey: spki,
      KeySpec: 'ECC_NIST_EDWARDS25519',
      KeyUsage: 'SIGN_VERIFY',
      SigningAlgorithms: ['ED25519_SHA_512', 'ED25519_PH_SHA_512'],
    });
  }
  const signature = sign(null, Buffer.from(message, 'base64'), key.privateKey);
  // It was signed, and nobody hears of it.
  if (fault === 'lost') return void response.destroy();
  const given = fault === 'garbage' ? Buffer.alloc(64, 7) : signature;
  send(200, { ...common, Signature: given.toString('base64'), SigningAlgorithm: 'ED25519_SHA_512' });
}
