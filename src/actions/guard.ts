import { ExhibitError, isExhibitError } from '../record/index.ts';
import type { ActionAnswer, Waiting } from './answers.ts';
import { type Action, ActionsClient, type ActionsOptions } from './client.ts';

export interface GuardOptions {
  /** Gives up waiting; what was asked for stays with the server until it expires. */
  signal?: AbortSignal;
  /** Called once when a person is asked: to tell the user of the agent. */
  onWaiting?: (waiting: { approval: string; expires: string; digest: string; reasons: string[] }) => void;
}

/**
 * Performs an action if it is allowed, at most once. `perform` gets the action as it was asked for: a copy that nobody else holds, so
 * what is done is what was allowed. An action is not asked for a second time by itself.
 * @returns what `perform` returned
 * @throws ExhibitError ACTION_DENIED, APPROVAL_REFUSED, SERVER_UNREACHABLE, AUTH_... (nothing was performed), or what `perform` threw
 */
export type Guard = <T>(
  action: Action,
  perform: (action: Action) => T | Promise<T>,
  options?: GuardOptions,
) => Promise<T>;

/** Times that a report of an outcome is tried, and the pause before another, milliseconds. */
const TRIES = 3;
const PAUSE = 500;

/**
 * @param options.onUnreported called where an action was performed and the server could not be told: the record says that it was
 * allowed, and no more. A warning of the process where it is not given.
 */
export function createGuard(
  options: ActionsOptions & { onUnreported?: (error: unknown, id: string) => void },
): Guard {
  const client = new ActionsClient(options);
  const unreported =
    options.onUnreported ??
    ((error: unknown, id: string) =>
      process.emitWarning(`the outcome of the action ${id} was not reported: ${String(error)}`));
  return async (action, perform, { signal, onWaiting } = {}) => {
    const own = structuredClone(action);
    const id = await allowed(client, own, signal, onWaiting);
    const report = (outcome: 'performed' | 'failed', message?: string) =>
      say(client, id, outcome, message).catch((error: unknown) => unreported(error, id));
    let result: Awaited<ReturnType<typeof perform>>;
    try {
      result = await perform(own);
    } catch (error) {
      await report('failed', error instanceof Error ? error.message : String(error));
      throw error;
    }
    await report('performed');
    return result;
  };
}

/** @returns id under which the action was allowed */
async function allowed(
  client: ActionsClient,
  action: Action,
  signal: AbortSignal | undefined,
  onWaiting: GuardOptions['onWaiting'],
): Promise<string> {
  const first = await client.ask(action, undefined, signal);
  if (first.decision === 'allow') return first.id;
  if (first.decision === 'deny') throw denied(action, why(first));
  const { id: approval, expires } = first.approval;
  onWaiting?.({ approval, expires, digest: first.digest, reasons: why(first) });
  await decided(client, action, first, signal);
  const second = await client.ask(action, approval, signal);
  if (second.decision === 'allow') return second.id;
  throw denied(action, why(second));
}

/** Waiting goes on over a restart of the server, for nothing is allowed by it; it ends a minute after the approval expires. */
async function decided(
  client: ActionsClient,
  action: Action,
  { approval: { id, expires } }: Waiting,
  signal: AbortSignal | undefined,
): Promise<void> {
  const end = Date.parse(expires) + 60_000;
  for (;;) {
    const asked = Date.now();
    const status = await client.approval(id, signal).catch((error: unknown) => {
      if (isExhibitError(error, 'SERVER_UNREACHABLE') || isExhibitError(error, 'SERVER_BUSY'))
        return 'pending';
      throw error;
    });
    if (status === 'approved') return;
    if (status !== 'pending') throw denied(action, [`the approval is ${status}`]);
    if (Date.now() > end) throw denied(action, ['nobody decided in time']);
    // A server that stops answers at once.
    if (Date.now() - asked < PAUSE) await pause(signal);
  }
}

function why(answer: ActionAnswer): string[] {
  return 'reasons' in answer
    ? answer.reasons.map(({ policy_id, message }) => `${policy_id}: ${message ?? 'not met'}`)
    : [];
}

function denied({ tool }: Action, reasons: readonly string[]): ExhibitError {
  const text = reasons.length === 0 ? '' : `: ${reasons.join('; ')}`;
  return new ExhibitError('ACTION_DENIED', `${tool} was not performed${text}`);
}

async function say(
  client: ActionsClient,
  id: string,
  outcome: 'performed' | 'failed',
  message?: string,
): Promise<void> {
  for (let left = TRIES; ; left -= 1) {
    try {
      return await client.outcome(id, outcome, message);
    } catch (error) {
      // An answer that got lost: the server has it.
      if (isExhibitError(error) && error.details.status === 409) return;
      if (left === 1 || !isExhibitError(error)) throw error;
      await pause();
    }
  }
}

function pause(signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, PAUSE);
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        reject(signal.reason);
      },
      { once: true },
    );
  });
}
