import { createEngine, type Engine, judgeAll } from '../../engine/index.ts';
import { type InputDocument, parseInput } from '../../inputs/index.ts';
import { type Bundle, INPUT_KINDS } from '../../policy/index.ts';
import { ExhibitError, type Verdict } from '../../record/index.ts';
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
    const document = documentOf(input, bytes);
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

/**
 * The document that was judged, from its stored form. What it is, its content says, as when it was judged, or its record; a name is
 * needed only to tell YAML from JSON.
 * @throws ExhibitError INPUT_FORMAT for bytes that are no document
 */
function documentOf({ file, raw_digest, kind }: JudgedInput, bytes: Uint8Array): InputDocument {
  const { documents, problems } = parseInput(/\.ya?ml$/i.test(file) ? 'stored.yaml' : 'stored.json', bytes);
  const [first] = documents;
  if (first === undefined)
    throw problems[0]?.error ?? new ExhibitError('INPUT_FORMAT', 'the stored input holds nothing');
  const named = INPUT_KINDS.find((each) => each === kind);
  if (kind !== undefined && named === undefined)
    throw new ExhibitError('INPUT_FORMAT', `the stored input is of a kind that is not known here: ${kind}`);
  return { ...first, ...(named === undefined ? {} : { kind: named }), file, index: 0, raw_digest };
}
