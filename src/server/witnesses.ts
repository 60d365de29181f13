import { askWitnesses, type Ledger, type Outcome, readKnown, type WitnessSetting } from '../ledger/index.ts';
import { type Clock, isExhibitError } from '../record/index.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

/** A log that has not grown is shown again after so long: the time of a cosignature says that there is no larger one yet. */
const AGAIN_MILLISECONDS = 3_600_000;
/** For each answer in the last round, when the server stops. */
const LAST_MILLISECONDS = 3_000;

export interface WitnessRoundsOptions {
  ledger: Pick<Ledger, 'folder' | 'checkpoint'>;
  witnesses: readonly WitnessSetting[];
  /** Seconds from one look to the next, and for each answer. */
  every: number;
  timeout: number;
  clock: Clock;
  log: Log;
  metrics: Metrics;
}

/** Shows each new checkpoint to the witnesses, one round at a time. Nothing waits for it: what they say is written down when they say it. */
export class WitnessRounds {
  readonly #options: WitnessRoundsOptions;
  readonly #timer: NodeJS.Timeout;
  /** By URL: what was wrong at the last round. */
  readonly #wrong = new Map<string, string>();
  readonly #alarms = new Set<number>();
  /** What all of them have co-signed, and when. */
  #done: { size: number; at: number } | undefined;
  #looking: Promise<void> | undefined;

  constructor(options: WitnessRoundsOptions) {
    this.#options = options;
    const { metrics, witnesses, ledger } = options;
    const known = () => readKnown(ledger.folder);
    const status = (url: string) => known().witnesses.find((one) => one.url === url);
    for (const witness of witnesses) {
      const labels = { witness: nameOf(witness) };
      metrics.gauge('witness_cosigned_size', () => status(witness.url)?.size, labels);
      metrics.gauge('witness_failing', () => (this.#wrong.has(witness.url) ? 1 : 0), labels);
    }
    metrics.gauge(
      'witness_alarms_open',
      () => known().alarms.filter(({ acknowledged }) => acknowledged === undefined).length,
    );
    this.#timer = setInterval(() => void this.look(), options.every * 1_000).unref();
  }

  /** Never throws: what goes wrong is logged, and the next look tries again. */
  look(timeout = this.#options.timeout * 1_000): Promise<void> {
    this.#looking ??= this.#look(timeout).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** Shows the last checkpoint before the end. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
    await this.look(Math.min(LAST_MILLISECONDS, this.#options.timeout * 1_000));
  }

  async #look(timeout: number): Promise<void> {
    const { ledger, witnesses, clock, log } = this.#options;
    try {
      const { size } = await ledger.checkpoint();
      const done = this.#done;
      if (done?.size === size && clock() - done.at < AGAIN_MILLISECONDS) return;
      const round = await askWitnesses(ledger.folder, { witnesses, clock, timeout });
      for (const { witness, outcome } of round.outcomes) this.#tell(witness, outcome);
      this.#tellAlarms();
      if (round.outcomes.every(({ outcome }) => outcome.kind === 'cosigned'))
        this.#done = { size: round.size, at: clock() };
    } catch (error) {
      const code = isExhibitError(error) ? error.code : 'INTERNAL';
      log('error', 'witnesses not asked', {
        code,
        message: error instanceof Error ? error.message : String(error),
      });
    }
  }

  /** The same fault is said once. */
  #tell(witness: WitnessSetting, outcome: Outcome): void {
    const { log, metrics } = this.#options;
    const name = nameOf(witness);
    metrics.add('witness_answers_total', { witness: name, outcome: outcome.kind });
    const fields = { witness: name, url: witness.url };
    const before = this.#wrong.get(witness.url);
    switch (outcome.kind) {
      case 'cosigned':
        if (before === undefined) return;
        this.#wrong.delete(witness.url);
        log('info', 'witness co-signs again', { ...fields, size: outcome.size });
        return;
      case 'overtaken':
        return;
      case 'away':
      case 'refused':
        if (before !== outcome.message)
          log('warn', 'witness did not co-sign', { ...fields, kind: outcome.kind, message: outcome.message });
        this.#wrong.set(witness.url, outcome.message);
        return;
      case 'alarm':
        this.#wrong.set(witness.url, outcome.alarm.message);
        return;
      default:
        outcome satisfies never;
    }
  }

  #tellAlarms(): void {
    const { ledger, log } = this.#options;
    for (const { id, witness, kind, proven, message, acknowledged } of readKnown(ledger.folder).alarms) {
      if (acknowledged !== undefined || this.#alarms.has(id)) continue;
      this.#alarms.add(id);
      log('error', 'ALARM: a witness knows another history of this log', {
        id,
        url: witness,
        kind,
        proven,
        message,
      });
    }
  }
}

function nameOf({ keys, url }: WitnessSetting): string {
  return keys[0]?.name ?? url;
}
