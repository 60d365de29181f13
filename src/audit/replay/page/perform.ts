import { AloneJudge, type Compiled, dispose, inputValue, type Judgement } from '../../../engine/index.ts';
import type { InputDocument } from '../../../inputs/index.ts';
import type { Layer, Verdict } from '../../../record/index.ts';
import type { Difference, Said } from '../types.ts';
import type { Again, PageDecision } from './data.ts';

/** What is said now, in the fields that a page compares; undefined where nothing is said of the subject. */
export type SaidHere = Pick<Said, 'verdict' | 'disposition' | 'override_id' | 'message'>;

export interface Performed {
  said: SaidHere | undefined;
  differences: Difference[];
}

/** Performs decisions of one bundle again, in whatever runs WebAssembly. */
export class Performer {
  readonly #judge: AloneJudge;

  private constructor(judge: AloneJudge) {
    this.#judge = judge;
  }

  /** @throws ExhibitError BUNDLE_INVALID, POLICY_BUILTIN */
  static async of(compiled: Compiled): Promise<Performer> {
    return new Performer(await AloneJudge.of(compiled));
  }

  /** @param input the value as JSON */
  perform({ record }: Pick<PageDecision, 'record'>, again: Again, input: string): Performed {
    const { policy, rule_id, subject_id } = again;
    const now = Date.parse(record.observed_at);
    const document: InputDocument = {
      ...again.document,
      value: inputValue(input),
      locate: () => ({}),
    };
    const judged = this.#judge
      .judge(policy, document, now)
      .find((one) => one.rule_id === rule_id && one.subject.id === subject_id);
    const said = judged === undefined ? undefined : saidOf(judged, again, record.layer as Layer, now);
    return { said, differences: differencesOf(record, said, subject_id) };
  }
}

function saidOf(judgement: Judgement, again: Again, layer: Layer, now: number): SaidHere {
  const { mode, overrides, policy, environment, repository, file, stale } = again;
  const passes = judgement.verdict === 'pass' && stale !== undefined;
  const verdict: Verdict = passes ? 'not_evaluated' : judgement.verdict;
  const { disposition, override_id } = dispose(
    { ...judgement, verdict },
    {
      ...{ mode, layer, overrides, now, schedule: policy },
      ...(environment === undefined ? {} : { environment }),
      ...(repository === undefined ? {} : { repository }),
      ...(file === undefined ? {} : { file }),
    },
  );
  return { verdict, disposition, override_id, message: judgement.message };
}

/** Messages are shown and not compared: what is recorded of them is without what looked like a secret, and with its place. */
function differencesOf(
  record: PageDecision['record'],
  said: SaidHere | undefined,
  subject_id: string,
): Difference[] {
  if (said === undefined) return [{ field: 'subject', recorded: subject_id, again: null }];
  return (['verdict', 'disposition', 'override_id'] as const).flatMap((field) => {
    const [recorded, again] = [record[field] ?? null, said[field] ?? null];
    return recorded === again ? [] : [{ field, recorded, again }];
  });
}
