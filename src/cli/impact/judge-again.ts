import { storedDocument } from '../../audit/index.ts';
import { createEngine, type Engine, judgeAll } from '../../engine/index.ts';
import type { Bundle } from '../../policy/index.ts';
import type { Verdict } from '../../record/index.ts';
import { type JudgedInput, sayingKey } from './collect.ts';

/** What a bundle says about one stored input. */
export interface Again {
  policy_id: string;
  rule_id: string;
  subject_id: string;
  verdict: Verdict;
}

/** Judges stored inputs with one bundle, each at the time at which it was judged. */
export class Judge {
  readonly bundle: Bundle;
  readonly #engine: Engine;
  readonly #clock: { now: number };

  private constructor(bundle: Bundle, engine: Engine, clock: { now: number }) {
    this.bundle = bundle;
    this.#engine = engine;
    this.#clock = clock;
  }

  /** @throws ExhibitError BUNDLE_INVALID, POLICY_BUILTIN */
  static async of(bundle: Bundle): Promise<Judge> {
    const clock = { now: 0 };
    return new Judge(bundle, await createEngine(bundle, { clock: () => clock.now }), clock);
  }

  /** By policy, rule and subject. Policies that found no subject in it say nothing. */
  async again(input: JudgedInput, bytes: Uint8Array): Promise<Map<string, Again>> {
    this.#clock.now = Date.parse(input.observed_at);
    const document = storedDocument(input, bytes);
    const { decisions } = await judgeAll(
      this.#engine,
      [{ file: input.file, documents: [document], problems: [] }],
      {
        bundle: this.bundle,
        layer: input.layer,
        now: this.#clock.now,
      },
    );
    return new Map(
      decisions
        .filter((decision) => decision.document !== undefined)
        .map(({ policy_id, rule_id, subject, verdict }) => {
          const again = { policy_id, rule_id, subject_id: subject.id, verdict };
          return [sayingKey(again), again];
        }),
    );
  }

  close(): Promise<void> {
    return this.#engine.close();
  }
}
