import { sha256 } from '../../policy/index.ts';
import { canonicalize, derivedId, formatInstant, type Layer, SCHEMA, uuidv7 } from '../../record/index.ts';
import { type Cleaner, clip, plainName } from './clean.ts';
import type { Facts } from './facts.ts';
import type { IngestOptions } from './options.ts';

/** What all records of one reading of a report share: whose they are, of which run, of what time. */
export class Origin {
  readonly #options: IngestOptions;
  readonly #facts: Facts;
  readonly #clean: Cleaner;
  #run_id: string | undefined;

  constructor(options: IngestOptions, facts: Facts, clean: Cleaner) {
    this.#options = options;
    this.#facts = facts;
    this.#clean = clean;
  }

  /** Members that stand in each record of the run. */
  members() {
    const { source, emitter, raw_digest, bundle, attribution } = this.#options;
    const version = this.#facts.said.tool_version;
    return {
      schema: SCHEMA as typeof SCHEMA,
      emitter: clip(emitter, 256),
      layer: this.layer,
      tool: plainName(this.#clean.text(this.#facts.said.tool ?? source.tool)),
      ...(version === undefined || version === ''
        ? {}
        : { tool_version: clip(this.#clean.text(version), 256) }),
      format: source.id,
      raw_digest,
      run_id: this.run_id,
      ...(bundle === undefined
        ? {}
        : {
            policy_revision: bundle.revision,
            bundle_digest: bundle.digest,
            control_map_digest: bundle.control_map_digest,
          }),
      ...attribution,
    };
  }

  get layer(): Layer {
    return this.#options.layer ?? this.#options.source.layer;
  }

  /** When the tool ended, by its own word; else the time of reading. */
  get time(): string {
    const { now, written } = this.#options;
    const { ended, started } = this.#facts.said;
    return ended ?? started ?? formatInstant(Math.min(now, written ?? now));
  }

  /** The same report in the same run is the same run. Asked first after the first facts were read. */
  get run_id(): string {
    if (this.#run_id !== undefined) return this.#run_id;
    const { run, raw_digest, emitter, source, now, random } = this.#options;
    const key = run ?? this.#facts.said.ended ?? this.#facts.said.started;
    this.#run_id =
      key === undefined
        ? uuidv7(now, random)
        : derivedId('report', canonicalize([source.id, emitter, raw_digest, key]), sha256);
    return this.#run_id;
  }

  /** By the run and the place in it: what a later run says again of the same finding is said again. */
  recordId(place: 'run' | number): string {
    return derivedId('result-of-run', canonicalize([this.run_id, place]), sha256);
  }
}
