import type { InputDocument } from '../../inputs/index.ts';
import type { LogReader } from '../../ledger/index.ts';
import type { VerificationKey } from '../../policy/index.ts';
import { isExhibitError } from '../../record/index.ts';
import { type Askable, askable } from './askable.ts';
import { compare } from './compare.ts';
import { documentOf, judgeAgain, type OneInput } from './judge.ts';
import { detailsOf, type RunFacts, Runs } from './run-facts.ts';
import type { AskedOnce } from './say.ts';
import { BundleShelf, type Loaded, type Refused } from './shelf.ts';
import type { Asked, Outcome, Replayed, UsedBundle } from './types.ts';

export interface ReplayOptions {
  reader: LogReader;
  /** Of the log, as far as it is looked at. */
  size: number;
  /** Keys of which one must have signed a bundle; none: its digest alone is compared. */
  keys?: readonly VerificationKey[];
  /** Of this program. */
  version: string;
}

export interface Material {
  once: AskedOnce;
  loaded: Loaded;
  document: InputDocument;
}

/** Records that are sorted by bundle at a time. */
const WINDOW = 4_096;

/**
 * Performs decisions again: with the exact bundle, the stored input, the time and the overrides of then, by the code that made them.
 * Outcomes come in the order in which records were asked for. A bundle is loaded once for all that is asked of it in a row, and
 * decisions of one run about one input are made in one evaluation.
 */
export class Replay {
  readonly #options: ReplayOptions;
  readonly #shelf: BundleShelf;
  readonly #runs: Runs;
  readonly #used = new Map<string, UsedBundle>();

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.#shelf = new BundleShelf(options.reader, options.size, options.keys);
    this.#runs = new Runs(options.reader, options.size);
  }

  /** Bundles that were loaded so far. */
  get bundles(): UsedBundle[] {
    return [...this.#used.values()];
  }

  get shelf(): BundleShelf {
    return this.#shelf;
  }

  /** @throws ExhibitError LEDGER_CORRUPT and what else reading the log throws */
  async *perform(records: AsyncIterable<Asked> | Iterable<Asked>): AsyncGenerator<Replayed> {
    let window: Asked[] = [];
    for await (const asked of records) {
      window.push(asked);
      if (window.length < WINDOW) continue;
      yield* await this.#window(window);
      window = [];
    }
    yield* await this.#window(window);
  }

  /** What one decision is performed again with: bundle, input, and what its run says. */
  async material(asked: Asked): Promise<Material | Refused> {
    const one = askable(asked);
    if ('reason' in one) return one;
    const loaded = await this.#shelf.get(one.bundle_digest);
    if ('reason' in loaded) return loaded;
    const found = await this.#factsOf(one);
    if ('reason' in found) return found;
    const once = { ...one, ...found };
    const input = { input_ref: one.input_ref, asked: [once] };
    const read = await documentOf(input, (ref) => this.#options.reader.blob(ref));
    return 'reason' in read ? read : { once, loaded, document: read.document };
  }

  close(): Promise<void> {
    return this.#shelf.close();
  }

  async #window(window: readonly Asked[]): Promise<Replayed[]> {
    const outcomes = new Map<Asked, Outcome>();
    const refuse = (asked: Asked, refused: Refused) => outcomes.set(asked, { outcome: 'cannot', ...refused });
    const able: Askable[] = [];
    for (const asked of window) {
      const one = askable(asked);
      if ('reason' in one) refuse(asked, one);
      else able.push(one);
    }
    for (const [digest, group] of Map.groupBy(able, ({ bundle_digest }) => bundle_digest)) {
      const loaded = await this.#shelf.get(digest);
      if ('reason' in loaded) {
        for (const { asked } of group) refuse(asked, loaded);
        continue;
      }
      const { bundle } = loaded;
      this.#used.set(digest, { digest, revision: bundle.revision, signed_by: bundle.signed_by });
      const ids = new Set(bundle.policies.map(({ id }) => id));
      const [known, others] = [
        group.filter((one) => ids.has(one.policy_id)),
        group.filter((one) => !ids.has(one.policy_id)),
      ];
      for (const { asked, policy_id } of others)
        refuse(asked, {
          reason: 'policy_not_in_bundle',
          text: `the bundle holds no policy ${policy_id}: the program itself said it`,
        });
      const withFacts: AskedOnce[] = [];
      for (const one of known) {
        const found = await this.#factsOf(one);
        if ('reason' in found) refuse(one.asked, found);
        else withFacts.push({ ...one, ...found });
      }
      for (const inputs of batches(withFacts)) {
        const said = await judgeAgain(loaded, inputs, (ref) => this.#options.reader.blob(ref));
        for (const one of inputs.flatMap(({ asked }) => asked)) {
          const again = said.get(one);
          if (again !== undefined && 'reason' in again) refuse(one.asked, again);
          else outcomes.set(one.asked, compare(one, again, { bundle, version: this.#options.version }));
        }
      }
    }
    return window.map((asked) => ({ ...asked, ...(outcomes.get(asked) as Outcome) }));
  }

  async #factsOf({ record, index }: Askable): Promise<Refused | Pick<AskedOnce, 'facts' | 'details'>> {
    try {
      const details = await detailsOf(this.#options.reader, record);
      const facts: RunFacts | undefined = await this.#runs.of(record, index);
      return { details, facts };
    } catch (error) {
      if (!isExhibitError(error, 'BLOB_DIGEST')) throw error;
      return {
        reason: 'input_exchanged',
        text: `details of the record or of its run are not those that were recorded: ${error.message}`,
      };
    }
  }
}

/** Decisions by input, and inputs of one time and layer together. */
function batches(asked: readonly AskedOnce[]): OneInput[][] {
  const moments = Map.groupBy(asked, ({ record }) => `${record.layer} ${record.observed_at}`);
  return [...moments.values()].map((group) => {
    const inputs = Map.groupBy(group, ({ details, input_ref }) =>
      JSON.stringify([input_ref, details.input_kind, details.document]),
    );
    return [...inputs.values()].map((same) => ({ input_ref: (same[0] as AskedOnce).input_ref, asked: same }));
  });
}
