import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import type { ClusterAccess, Credentials } from './access/types.ts';
import { answerFault, brokenOff, connectionFault } from './fault.ts';
import { parseExact } from './json.ts';
import { linesOf } from './lines.ts';

export interface Limits {
  /** Most bytes of one answer; a page of a list is made smaller and asked for again. */
  answerBytes: number;
  /** Most bytes of one line of a watch: one object. */
  lineBytes: number;
  /** Longest wait for an answer, or for the next part of one, in milliseconds. */
  answerMilliseconds: number;
}

const DEFAULT_LIMITS: Limits = {
  answerBytes: 64 * 1024 * 1024,
  lineBytes: 16 * 1024 * 1024,
  answerMilliseconds: 30_000,
};
const MOST_FAULT_BYTES = 64 * 1024;
const KEEP_ALIVE = 30_000;

/** What a request says beyond its path, where it changes something. */
export interface Body {
  method: 'PATCH';
  type: string;
  text: string;
}

/** Requests to one API server, each with the credentials of now. Only GET: nothing is ever changed. */
export class Connection {
  readonly access: ClusterAccess;
  readonly limits: Limits;
  #agent: { of: string; agent: Agent } | undefined;

  constructor(access: ClusterAccess, limits: Partial<Limits> = {}) {
    this.access = access;
    this.limits = { ...DEFAULT_LIMITS, ...limits };
  }

  /**
   * @param what is asked for, for messages
   * @param path with its query
   * @throws ExhibitError CLUSTER_FAILED, CLUSTER_DENIED; with details of FaultDetails
   */
  async get(what: string, path: string, signal: AbortSignal): Promise<unknown> {
    return this.whole(what, await this.ask(what, path, signal));
  }

  /**
   * The lines of an answer that goes on, each parsed. Ends when the server ends it.
   * @param silence longest time without a line, in milliseconds; the reader's own time does not count
   * @throws as `get`
   */
  async *lines(what: string, path: string, signal: AbortSignal, silence: number): AsyncGenerator<unknown> {
    const response = await this.ask(what, path, signal);
    try {
      for await (const line of linesOf(response, { what, silence, bytes: this.limits.lineBytes }))
        yield this.#parsed(what, line);
    } finally {
      response.destroy();
    }
  }

  close(): void {
    this.#agent?.agent.destroy();
  }

  protected async whole(what: string, response: IncomingMessage): Promise<unknown> {
    return this.#parsed(what, await whole(response, what, this.limits.answerBytes));
  }

  #parsed(what: string, text: string): unknown {
    try {
      return parseExact(text);
    } catch {
      throw connectionFault(what, 'what came is not JSON');
    }
  }

  protected async ask(
    what: string,
    path: string,
    signal: AbortSignal,
    body?: Body,
  ): Promise<IncomingMessage> {
    const first = await this.#send(what, path, await this.access.credentials(), signal, body);
    if (first.statusCode === 200) return first;
    // A token may have been replaced since it was read.
    const again = first.statusCode === 401;
    const fault = await faultOf(what, first, body);
    if (!again) throw fault;
    const second = await this.#send(what, path, await this.access.credentials(true), signal, body);
    if (second.statusCode === 200) return second;
    throw await faultOf(what, second, body);
  }

  #send(
    what: string,
    path: string,
    { token, ...tls }: Credentials,
    signal: AbortSignal,
    body: Body | undefined,
  ): Promise<IncomingMessage> {
    const { server, serverName } = this.access;
    const url = new URL(`${server.pathname.replace(/\/$/, '')}${path}`, server);
    const headers: Record<string, string> = { accept: 'application/json', 'user-agent': 'exhibit' };
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    if (body !== undefined) headers['content-type'] = body.type;
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const late = setTimeout(
      () => sent.destroy(connectionFault(what, `no answer within ${this.limits.answerMilliseconds} ms`)),
      this.limits.answerMilliseconds,
    );
    const sent = request(url, {
      method: body?.method ?? 'GET',
      agent: this.#agentOf(tls),
      headers,
      signal,
      ...(serverName === undefined ? {} : { servername: serverName }),
    });
    sent.once('response', resolve);
    // Also after the answer began: what breaks then is told to its reader.
    sent.on('error', (error) => reject(brokenOff(what, error)));
    sent.end(body?.text);
    return promise.finally(() => clearTimeout(late));
  }

  /** Connections are kept as long as they are made with the same certificates. */
  #agentOf(tls: Omit<Credentials, 'token'>): Agent {
    const of = JSON.stringify(tls);
    if (this.#agent?.of === of) return this.#agent.agent;
    // What is under way on the old connections ends by itself.
    const agent = new Agent({ ...tls, keepAlive: true, keepAliveMsecs: KEEP_ALIVE, minVersion: 'TLSv1.2' });
    this.#agent = { of, agent };
    return agent;
  }
}

async function whole(response: IncomingMessage, what: string, most: number): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      length += part.length;
      if (length > most) throw answerFault(what, 413, undefined);
      parts.push(part);
    }
  } catch (error) {
    throw brokenOff(what, error);
  }
  return Buffer.concat(parts).toString('utf8');
}

async function faultOf(what: string, response: IncomingMessage, sent?: Body): Promise<Error> {
  const code = response.statusCode ?? 0;
  let body: unknown;
  try {
    body = JSON.parse(await whole(response, what, MOST_FAULT_BYTES));
  } catch {
    // A proxy answers with a page; the status says enough.
    response.destroy();
  }
  const doing = sent === undefined ? 'read' : 'changed';
  return answerFault(what, code, body, response.headers['retry-after'], doing);
}
