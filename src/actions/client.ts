import type { z } from 'zod';
import { ERROR_CODES, type ErrorCode, ExhibitError } from '../record/index.ts';
import { type ActionAnswer, actionAnswer, approvalAnswer, errorAnswer } from './answers.ts';

/** What is to be done. All of it is bound to an approval: another argument is another action. */
export interface Action {
  tool: string;
  /** JSON. No number that a double does not hold: send such a one as text. */
  arguments: Record<string, unknown>;
  agent: string;
  session: string;
  /** For whom. */
  subject?: string;
  /** The AI system that the agent is part of, by the id of its registration: evidence is found by it. */
  ai_system?: string;
}

export interface ActionsOptions {
  /** Of the server: `https://evidence.example.com:8420` */
  url: string;
  /** The bearer token, read for each request, so that one that is renewed counts. */
  token: () => string | Promise<string>;
  /** How requests are sent; the platform's own where it is not given. */
  fetch?: typeof fetch;
}

/** Seconds that one long poll asks for. */
const POLL_SECONDS = 60;
/** Longest time for an answer that is not waited for, milliseconds. */
const TIMEOUT = 30_000;

/** The server's API for actions; an answer that is not understood is an error, never an allow. */
export class ActionsClient {
  readonly #options: ActionsOptions;

  constructor(options: ActionsOptions) {
    this.#options = options;
  }

  /** @param approval id of one that a person gave for exactly this action @throws ExhibitError */
  ask(action: Action, approval?: string, signal?: AbortSignal): Promise<ActionAnswer> {
    const body = { ...action, ...(approval === undefined ? {} : { approval }) };
    return this.#send('/v1/actions', actionAnswer, { body, signal });
  }

  /** Answers when somebody has decided, or after a minute. */
  async approval(id: string, signal?: AbortSignal): Promise<z.infer<typeof approvalAnswer>['status']> {
    const prefer = `wait=${POLL_SECONDS}`;
    return (await this.#send(`/v1/approvals/${encodeURIComponent(id)}`, approvalAnswer, { prefer, signal }))
      .status;
  }

  async outcome(id: string, outcome: 'performed' | 'failed', message?: string): Promise<void> {
    const body = { outcome, ...(message === undefined ? {} : { message: message.slice(0, 2_000) }) };
    await this.#send(`/v1/actions/${encodeURIComponent(id)}/outcome`, undefined, { body });
  }

  async #send<T>(
    path: string,
    schema: z.ZodType<T> | undefined,
    { body, prefer, signal }: { body?: unknown; prefer?: string; signal?: AbortSignal | undefined },
  ): Promise<T> {
    const { url, token, fetch: send = fetch } = this.#options;
    const limit = AbortSignal.timeout(TIMEOUT + (prefer === undefined ? 0 : POLL_SECONDS * 1_000));
    const headers = {
      authorization: `Bearer ${await token()}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(prefer === undefined ? {} : { prefer }),
    };
    let response: Response;
    let text: string;
    try {
      response = await send(new URL(path, url), {
        method: body === undefined ? 'GET' : 'POST',
        headers,
        redirect: 'error',
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      text = await response.text();
    } catch (cause) {
      if (signal?.aborted === true) throw signal.reason;
      throw new ExhibitError('SERVER_UNREACHABLE', `${url} gives no answer; nothing was allowed`, { cause });
    }
    const value = parse(text);
    if (!response.ok) throw refusal(response.status, value);
    if (schema === undefined) return undefined as T;
    const read = schema.safeParse(value);
    if (read.success) return read.data;
    throw new ExhibitError('REQUEST_INVALID', `${url} gives an answer that is not understood`, {
      cause: read.error,
    });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusal(status: number, value: unknown): ExhibitError {
  const read = errorAnswer.safeParse(value).data;
  const code =
    read !== undefined && Object.hasOwn(ERROR_CODES, read.code) ? (read.code as ErrorCode) : 'INTERNAL';
  return new ExhibitError(code, read?.message ?? `the server answers ${status}`, {
    details: { status },
    ...(read?.hint === undefined ? {} : { hint: read.hint }),
  });
}
