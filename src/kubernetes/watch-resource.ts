import { setTimeout as sleep } from 'node:timers/promises';
import { type ExhibitError, isExhibitError } from '../record/index.ts';
import type { Connection } from './connection.ts';
import { connectionFault, detailsOf, isGone } from './fault.ts';
import { listObjects } from './list.ts';
import { nameOf } from './path.ts';
import { changesAfter } from './stream.ts';
import type { Resource, WatchEvent, WatchOptions } from './types.ts';

/** Milliseconds. */
const PAUSE = 500;
const MOST_PAUSE = 30_000;
/** Where a kind is not there, or not allowed: it may come, but nothing is known to be wrong with the server. */
const STEADY = 15_000;
/** A watch that ends sooner and brought nothing counts as a fault: a proxy that cuts each at once must not be asked without end. */
const SHORT = 1_000;
/** So often in a row the server says that the kind is not there before that is believed: one that just started knows few kinds. */
const ABSENT = 3;

/**
 * What is there, and then each change, without end: watches are resumed where they broke off, and all is listed again where the server has
 * forgotten that place. Ends only with the signal. Nothing is thrown for what the server does: `lost` says it, and it is tried again.
 * The reader's time is its own: a slow one holds the server back, and misses nothing.
 */
export async function* watchResource(
  connection: Connection,
  resource: Resource,
  options: WatchOptions,
): AsyncGenerator<WatchEvent, void> {
  const { signal, jitter = Math.random } = options;
  const state: State = { version: undefined, faults: 0, absent: 0 };
  while (!signal.aborted) {
    try {
      if (state.version === undefined) yield* list(connection, resource, options, state);
      yield* watch(connection, resource, options, state);
    } catch (error) {
      if (signal.aborted) return;
      const fault = asFault(resource, error);
      if (isGone(fault)) state.version = undefined;
      if (detailsOf(fault).status === 404) {
        state.version = undefined;
        state.absent += 1;
        if (state.absent === ABSENT)
          yield { type: 'synced', uids: new Set(), version: undefined, absent: true };
      }
      const retry = pauseAfter(fault, state.faults, options.pause ?? PAUSE, jitter());
      state.faults += 1;
      yield { type: 'lost', error: fault, retry };
      await sleep(retry, undefined, { signal }).catch(() => {});
    }
  }
}

interface State {
  version: string | undefined;
  faults: number;
  absent: number;
}

async function* list(
  connection: Connection,
  resource: Resource,
  options: WatchOptions,
  state: State,
): AsyncGenerator<WatchEvent, void> {
  const uids = new Set<string>();
  const objects = listObjects(connection, resource, options);
  for (;;) {
    const { done, value } = await objects.next();
    if (done === true) {
      state.version = value;
      break;
    }
    uids.add(value.metadata.uid);
    yield { type: 'listed', object: value };
  }
  // Faults go on to be counted until the watch holds: a server that forgets each place at once must not be listed without end.
  state.absent = 0;
  yield { type: 'synced', uids, version: state.version, absent: false };
}

async function* watch(
  connection: Connection,
  resource: Resource,
  options: WatchOptions,
  state: State,
): AsyncGenerator<WatchEvent, void> {
  if (state.version === undefined) return;
  const begin = performance.now();
  let lines = 0;
  for await (const change of changesAfter(connection, resource, state.version, options)) {
    lines += 1;
    state.faults = 0;
    if (change.type !== 'bookmark') yield { type: change.type, object: change.object };
    // After the reader has it: what was not taken comes again.
    state.version = change.version;
  }
  if (lines === 0 && performance.now() - begin < SHORT)
    throw connectionFault(nameOf(resource), 'the watch ended at once');
  state.faults = 0;
}

function asFault(resource: Resource, error: unknown): ExhibitError {
  return isExhibitError(error) ? error : connectionFault(nameOf(resource), 'it failed', error);
}

/** Milliseconds until the next try: as long as the server asks, else twice as long each time. */
function pauseAfter(fault: ExhibitError, faults: number, first: number, jitter: number): number {
  const { status, retry_after } = detailsOf(fault);
  const steady = status === 403 || status === 404 ? STEADY : MOST_PAUSE;
  const own = Math.min(first * 2 ** Math.min(faults, 20), steady) * (0.5 + jitter);
  return Math.round(Math.max(own, retry_after ?? 0));
}
