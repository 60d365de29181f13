import { readFileSync } from 'node:fs';
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { ExhibitError } from '../../../record/index.ts';

/**
 * What of Falco's outputs API is read, with the names and numbers of its published files. Tags and the name of the source are of its later
 * versions; an older Falco leaves them out.
 * @see github.com/falcosecurity/falco userspace/falco/outputs.proto, schema.proto
 */
export const OUTPUTS_PROTO = `syntax = "proto3";
package falco.outputs;
message Timestamp { int64 seconds = 1; int32 nanos = 2; }
enum Priority {
  Emergency = 0; Alert = 1; Critical = 2; Error = 3; Warning = 4; Notice = 5; Informational = 6; Debug = 7;
}
message request {}
message response {
  Timestamp time = 1;
  Priority priority = 2;
  string rule = 4;
  string output = 5;
  map<string, string> output_fields = 6;
  string hostname = 7;
  repeated string tags = 8;
  string source = 9;
}
`;
const RESPONSE = protobuf.parse(OUTPUTS_PROTO, { keepCase: true }).root.lookupType('falco.outputs.response');
/** All events that are there up to the call. */
export const GET_PATH = '/falco.outputs.service/get';
const CALL_MILLISECONDS = 30_000;
const MOST_MESSAGE = 4 * 1024 * 1024;

export interface GrpcOptions {
  /** `unix:///run/falco/falco.sock`, or `host:5060`, which wants the three files. */
  address: string;
  ca?: string | undefined;
  cert?: string | undefined;
  key?: string | undefined;
}

/** Falco's outputs over gRPC. What it hands out it forgets: there is no word of ours that it waits for. */
export class FalcoOutputs {
  readonly #client: Client;
  readonly #address: string;

  /** @throws ExhibitError USAGE for an address beyond a socket without certificates, NOT_FOUND for a file that is not there */
  constructor({ address, ca, cert, key }: GrpcOptions) {
    this.#address = address;
    const files = [ca, cert, key];
    if (!address.startsWith('unix:') && files.includes(undefined))
      throw new ExhibitError('USAGE', 'Falco beyond this machine is asked with certificates only', {
        hint: 'Give --grpc-ca, --grpc-cert and --grpc-key, or a socket: --grpc unix:///run/falco/falco.sock',
      });
    const [root, chain, own] = files.map((file) => (file === undefined ? undefined : readPem(file)));
    this.#client = new Client(
      address,
      root === undefined
        ? credentials.createInsecure()
        : credentials.createSsl(root, own ?? null, chain ?? null),
      { 'grpc.max_receive_message_length': MOST_MESSAGE },
    );
  }

  /** The events that are there now, as Falco writes them in JSON. @throws ExhibitError SERVER_UNREACHABLE */
  async read(): Promise<Buffer[]> {
    const events: Buffer[] = [];
    const call = this.#client.makeServerStreamRequest(
      GET_PATH,
      () => Buffer.alloc(0),
      (bytes: Buffer) => bytes,
      {},
      { deadline: Date.now() + CALL_MILLISECONDS },
    );
    try {
      for await (const bytes of call) events.push(eventOf(bytes as Buffer));
    } catch (cause) {
      // What came before the end is ours alone now: it must not be lost with the call.
      if (events.length > 0) return events;
      throw new ExhibitError(
        'SERVER_UNREACHABLE',
        `Falco at ${this.#address} gives no events: ${(cause as ServiceError).details || String(cause)}`,
        {
          cause,
          hint: 'Look whether grpc and grpc_output are enabled in falco.yaml.',
        },
      );
    }
    return events;
  }

  close(): void {
    this.#client.close();
  }
}

/** As `json_output` has it; a message that is broken comes as what it is, and is told as an event that cannot be read. */
function eventOf(bytes: Buffer): Buffer {
  try {
    const { time, priority, rule, output, output_fields, hostname, tags, source } = RESPONSE.toObject(
      RESPONSE.decode(bytes),
      {
        longs: String,
        enums: String,
        defaults: true,
      },
    );
    return Buffer.from(
      JSON.stringify({
        ...(time === null ? {} : { time: instant(time as { seconds: string; nanos: number }) }),
        priority,
        rule,
        output,
        ...(output_fields === undefined ? {} : { output_fields }),
        ...(hostname === '' ? {} : { hostname }),
        ...((tags as string[]).length === 0 ? {} : { tags }),
        ...(source === '' ? {} : { source }),
      }),
    );
  } catch {
    return Buffer.from(JSON.stringify({ 'not a response of falco.outputs': bytes.toString('base64') }));
  }
}

/** RFC 3339 with nanoseconds, as Falco writes it. */
function instant({ seconds, nanos }: { seconds: string; nanos: number }): string {
  const whole = new Date(Number(seconds) * 1_000).toISOString().slice(0, 19);
  return `${whole}.${String(nanos).padStart(9, '0')}Z`;
}

function readPem(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new ExhibitError('NOT_FOUND', `cannot read ${file}`, { cause, location: { file } });
  }
}
