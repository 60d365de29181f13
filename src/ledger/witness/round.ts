import type { Clock } from '../../record/index.ts';
import { logStore } from '../log-store.ts';
import { approach } from './approach.ts';
import { keepCosigned } from './keep.ts';
import { locked } from './lock.ts';
import { readKnown, readStatuses, writeAlarm, writeStatus } from './state.ts';
import type { Outcome, Round, WitnessSetting, WitnessStatus } from './types.ts';
import { openView } from './view.ts';

/** Milliseconds for one answer of a witness. */
export const WITNESS_TIMEOUT = 10_000;

export interface AskOptions {
  witnesses: readonly WitnessSetting[];
  clock: Clock;
  /** Milliseconds for each answer; default ten seconds. */
  timeout?: number;
}

/**
 * Shows every witness the checkpoint that the ledger has now, all at once, and keeps what they co-signed beside the log. It takes no writer
 * lock: appending and sealing go on meanwhile. What a witness does wrong is an outcome, and stays written down; it is no error.
 * @throws ExhibitError LEDGER_CORRUPT, CHECKPOINT_INVALID, LEDGER_IO, LEDGER_BUSY, LEDGER_FORK of the ledger itself
 */
export async function askWitnesses(folder: string, options: AskOptions): Promise<Round> {
  const { witnesses, clock, timeout = WITNESS_TIMEOUT } = options;
  const view = await openView(folder);
  const known = new Map(readKnown(folder).witnesses.map((one) => [one.url, one]));
  const now = async () => (await openView(folder)).checkpoint.size;
  const outcomes = await Promise.all(
    witnesses.map(async (witness) => {
      const believed = known.get(witness.url)?.size ?? 0;
      return { witness, outcome: await approach(witness, view, believed, now, timeout) };
    }),
  );
  await locked(folder, async (database) => {
    // Files first: what the database says of a witness is never more than what is kept.
    const lines = outcomes.flatMap(({ outcome }) => (outcome.kind === 'cosigned' ? outcome.lines : []));
    if (lines.length > 0) await keepCosigned(await logStore(folder), view.note, lines);
    const before = readStatuses(database);
    for (const { witness, outcome } of outcomes) {
      const status = statusAfter(before.get(witness.url), witness, outcome, clock());
      if (outcome.kind === 'alarm')
        writeAlarm(database, witness.url, outcome.alarm, status.failing?.since ?? clock(), clock());
      writeStatus(database, status);
    }
  });
  return { size: view.checkpoint.size, outcomes };
}

function statusAfter(
  before: WitnessStatus | undefined,
  { url, keys }: WitnessSetting,
  outcome: Outcome,
  at: number,
): WitnessStatus {
  const name = keys[0]?.name ?? url;
  const same = { url, name, size: before?.size ?? 0, cosigned_at: before?.cosigned_at, asked_at: at };
  const failing = (kind: 'away' | 'refused' | 'alarm', message: string): WitnessStatus => ({
    ...same,
    failing: { since: before?.failing?.since ?? at, kind, message },
  });
  switch (outcome.kind) {
    case 'cosigned':
      return { ...same, size: Math.max(outcome.size, same.size), cosigned_at: at, failing: undefined };
    case 'overtaken':
      return { ...same, failing: before?.failing };
    case 'away':
    case 'refused':
      return failing(outcome.kind, outcome.message);
    case 'alarm':
      return failing('alarm', outcome.alarm.message);
    default:
      return outcome satisfies never;
  }
}
