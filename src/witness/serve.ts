import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Clock, isExhibitError } from '../record/index.ts';
import { readWitness } from './folder.ts';
import { listen, readBody, refuseBody, sendAnswer, sendText } from './reply.ts';
import { openState } from './state.ts';
import { Tally } from './tally.ts';
import { type Answer, type OnWitnessStep, Witness } from './witness.ts';

/** As the server's log: one object a line. */
export type WitnessLog = (
  level: 'info' | 'warn' | 'error',
  event: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

export interface WitnessLimits {
  /** Longest request. A checkpoint with a hundred lines of signatures is shorter. */
  body_bytes: number;
  /** A slower request is cut off. */
  request_seconds: number;
  connections: number;
}

const LIMITS: WitnessLimits = { body_bytes: 512 * 1024, request_seconds: 10, connections: 1_000 };

export interface RunWitness {
  folder: string;
  host: string;
  /** 0: any free one. */
  port: number;
  clock: Clock;
  log: WitnessLog;
  limits?: Partial<WitnessLimits>;
  onStep?: OnWitnessStep;
}

export interface RunningWitness {
  /** `http://127.0.0.1:8421`: the submission prefix, and the monitoring prefix too. */
  url: string;
  stop(): Promise<void>;
}

/**
 * Runs a witness: `POST /add-checkpoint`, `GET /<origin hash>/checkpoint`, and `/healthz` and `/metrics`. Nobody is asked who they are:
 * what counts is the signature on the checkpoint, and nothing that is answered is secret.
 * @throws ExhibitError LEDGER_NOT_FOUND, CONFIG_INVALID, LEDGER_KEY, ALGORITHM_MISSING
 */
export async function startWitness(options: RunWitness): Promise<RunningWitness> {
  const { folder, host, clock, log, onStep } = options;
  const limits = { ...LIMITS, ...options.limits };
  const { name, signers } = await readWitness(folder);
  const state = openState(folder);
  const witness = new Witness({ state, signers, clock, ...(onStep === undefined ? {} : { onStep }) });
  const tally = new Tally(() => ({ logs: state.logs().length, suspects: state.suspects().length }));
  const byHash = (hash: string) => state.logs().find(({ origin }) => sha256Hex(origin) === hash)?.note;

  const add = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await readBody(request, limits.body_bytes);
    if (body === undefined) {
      tally.count(413);
      refuseBody(request, response, limits.body_bytes);
      return;
    }
    const answer = witness.addCheckpoint(body);
    tally.count(answer.status);
    tell(log, answer);
    sendAnswer(response, answer);
  };
  const show = (path: string, response: ServerResponse) => {
    const pages = new Map([
      ['/healthz', () => 'ok\n'],
      ['/metrics', () => tally.text()],
    ]);
    const hash = /^\/([0-9a-f]{64})\/checkpoint$/.exec(path)?.[1];
    const page = hash === undefined ? pages.get(path)?.() : byHash(hash);
    sendText(response, page === undefined ? 404 : 200, page ?? 'there is no such page\n');
  };
  const server = createServer(
    {
      requestTimeout: limits.request_seconds * 1_000,
      headersTimeout: limits.request_seconds * 1_000,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: Math.min(1_000, limits.request_seconds * 250),
      maxHeaderSize: 16_384,
    },
    (request, response) => {
      response.on('error', () => undefined);
      const path = (request.url ?? '').replace(/[?#].*$/s, '');
      const run = async () => {
        if (path === '/add-checkpoint' && request.method === 'POST') await add(request, response);
        else if (path === '/add-checkpoint')
          sendText(response.setHeader('allow', 'POST'), 405, 'add-checkpoint takes POST\n');
        else show(request.method === 'GET' ? path : '', response);
      };
      run().catch((error: unknown) => {
        const code = isExhibitError(error) ? error.code : 'INTERNAL';
        log('error', 'request failed', {
          code,
          message: error instanceof Error ? error.message : String(error),
        });
        tally.count(500);
        if (response.headersSent) response.destroy();
        else sendText(response, 500, 'nothing was co-signed; the log of the witness says more\n');
      });
    },
  );
  server.maxConnections = limits.connections;
  const port = await listen(server, host, options.port).catch((error: unknown) => {
    state.close();
    throw error;
  });
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  log('info', 'listening', { url, name, keys: signers.map(({ key }) => key.id) });
  return {
    url,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), limits.request_seconds * 1_000).unref();
      await closed;
      clearTimeout(cut);
      state.close();
      log('info', 'stopped');
    },
  };
}

function tell(log: WitnessLog, answer: Answer): void {
  const { status, origin } = answer;
  if (answer.status === 200) {
    log('info', 'cosigned', { origin, size: answer.size });
    return;
  }
  // An unknown origin is anybody's text.
  const fields = { status, ...(origin === undefined ? {} : { origin }), message: answer.message };
  if (answer.fork) log('error', 'FORK: the log signed two checkpoints of one size', fields);
  else log('warn', 'not cosigned', fields);
}

function sha256Hex(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
