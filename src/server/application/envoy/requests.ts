import { type Decision, recordsOfRun } from '../../../engine/index.ts';
import { canonicalize, type RandomBytes, type RecordDraft, uuidv7 } from '../../../record/index.ts';
import type { App } from '../../app.ts';
import { countsOf, NO_BUNDLE, NO_USAGE } from '../../opa/record.ts';
import { type Answered, ask } from '../ask.ts';
import type { Asker } from '../record.ts';
import type { AuthzSettings } from '../settings.ts';

interface Waiting {
  input: unknown;
  asker: Asker;
  done: PromiseWithResolvers<Answered>;
}

interface Judged extends Waiting {
  answered: Answered;
}

/** Most requests of one run. */
const MOST = 256;
/** Runs at a time: with one, what comes while it waits for the disk goes together, and fewer runs cost less. */
const AT_ONCE = 1;

/**
 * Judges requests and puts the decisions on the record. Those that come while others are at it wait and go together: under load many
 * share one watch of time, one sync of the disk and one run record.
 */
export class Requests {
  readonly #app: App;
  readonly #settings: Pick<AuthzSettings, 'rule' | 'store_inputs'>;
  readonly #random: RandomBytes;
  #waiting: Waiting[] = [];
  #running = 0;

  constructor(app: App, settings: Pick<AuthzSettings, 'rule' | 'store_inputs'>) {
    this.#app = app;
    this.#settings = settings;
    this.#random = pooled(app.random);
  }

  /** @returns when the decisions are on disk @throws ExhibitError LEDGER_IO, SERVER_BUSY, RECORD_... */
  judge(input: unknown, asker: Asker): Promise<Answered> {
    const done = Promise.withResolvers<Answered>();
    this.#waiting.push({ input, asker, done });
    if (this.#running < AT_ONCE) {
      this.#running += 1;
      // What else came in this turn of the event loop goes along.
      setImmediate(() => void this.#drain());
    }
    return done.promise;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting.slice(0, MOST);
      this.#waiting = this.#waiting.slice(MOST);
      const { rule } = this.#settings;
      const judged = await Promise.all(
        group.map(
          async (one): Promise<Judged> => ({ ...one, answered: await ask(rule, one.input, this.#app) }),
        ),
      );
      await this.#write(judged);
    }
    this.#running -= 1;
  }

  async #write(group: readonly Judged[]): Promise<void> {
    try {
      this.#app.store.admit();
      await Promise.all(runsOf(group).map((run) => this.#run(run)));
      for (const { done, answered } of group) done.resolve(answered);
    } catch (error) {
      // One that has no place in a record must not take the others with it.
      if (group.length > 1) for (const one of group) await this.#write([one]);
      else group[0]?.done.reject(error);
    }
  }

  async #run(group: readonly Judged[]): Promise<void> {
    const [first] = group;
    if (first === undefined) return;
    const { rules, version, emitter, store } = this.#app;
    const random = this.#random;
    const { event } = first.answered;
    const bundle = rules.bundleOf(event.revisions);
    const marks = group.flatMap(({ answered }) => answered.decisions.map(() => markOf(answered)));
    const decisions = group.flatMap(({ answered }) => answered.decisions.map((one) => this.#lean(one)));
    const { records, blobs } = recordsOfRun({
      decisions,
      counts: countsOf(decisions),
      populations: {},
      overrides: NO_USAGE,
      documents: group.length,
      problems: [],
      bundle: bundle ?? NO_BUNDLE,
      layer: 'runtime',
      tool: 'exhibit',
      tool_version: version,
      emitter,
      run_id: uuidv7(event.time, random),
      now: event.time,
      random,
      attribution: { actor: first.asker.actor, actor_verified_by: first.asker.verified_by },
      simulated: false,
    });
    if (this.#settings.store_inputs) await store.putBlobs(blobs.values());
    await store.append(records.map((record, at) => this.#draft(record, marks[at], bundle !== undefined)));
    this.#app.metrics.add('decisions_total', { source: FORMAT }, group.length);
  }

  /** A pass says nothing of the input, so there is nothing to clean by it. */
  #lean(decision: Decision): Decision {
    return this.#settings.store_inputs || decision.verdict !== 'pass'
      ? decision
      : { ...decision, document: undefined };
  }

  #draft(record: RecordDraft, mark: string | undefined, known: boolean): RecordDraft {
    const { file: _f, input_digest: _d, input_ref, redactions, ...rest } = record;
    const { bundle_digest: _b, control_map_digest: _c, policy_revision: _p, ...plain } = rest;
    return {
      ...(known ? rest : plain),
      format: FORMAT,
      ...(mark === undefined ? {} : { ext: mark }),
      ...(this.#settings.store_inputs && input_ref !== undefined ? { input_ref } : {}),
      ...(redactions === undefined ? {} : { redactions }),
    };
  }
}

const FORMAT = 'envoy-ext-authz';

const markOf = ({ event: { decision_id, path } }: Answered): string => canonicalize({ decision_id, path });

/** A run has one bundle, one caller, one time. */
function runsOf(group: readonly Judged[]): Judged[][] {
  const runs = new Map<string, Judged[]>();
  for (const one of group) {
    const { revisions } = one.answered.event;
    const key = `${one.asker.verified_by} ${one.asker.actor} ${revisions.join(' ')}`;
    const run = runs.get(key);
    if (run === undefined) runs.set(key, [one]);
    else run.push(one);
  }
  return [...runs.values()];
}

const POOL = 4_096;

/** A call for a few random bytes costs more than the bytes: many are asked for at once, and each is given out once. */
function pooled(random: RandomBytes): RandomBytes {
  let pool: Uint8Array = new Uint8Array();
  let at = 0;
  return (length) => {
    if (at + length > pool.length) [pool, at] = [random(Math.max(POOL, length)), 0];
    at += length;
    return pool.subarray(at - length, at);
  };
}
