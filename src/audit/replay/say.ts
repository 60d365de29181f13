import { type JudgedBundle, type Judgement, judgeAll, saidOf } from '../../engine/index.ts';
import type { InputDocument } from '../../inputs/index.ts';
import type { ErrorCode } from '../../record/index.ts';
import type { Askable } from './askable.ts';
import type { RunFacts } from './run-facts.ts';
import type { Loaded } from './shelf.ts';

/** A decision that was made again, in the form that records have, and why it is an error where it is one. */
export type Again = ReturnType<typeof saidOf> & { code?: ErrorCode };

/** A decision with what its run says, and its details, also where they are a blob. */
export interface AskedOnce extends Askable {
  facts: RunFacts | undefined;
  details: Readonly<Record<string, unknown>>;
}

/**
 * What was judged, in the form that records have: with overrides, thresholds and redaction as the gate has them.
 * @param group decisions of one time, layer and place
 * @returns by `keyOf`
 */
export async function sayAgain(
  { bundle, expires }: { bundle: JudgedBundle } & Pick<Loaded, 'expires'>,
  group: readonly AskedOnce[],
  document: InputDocument,
  judgements: readonly Judgement[],
): Promise<Map<string, Again>> {
  const [one] = group;
  if (one === undefined) return new Map();
  const { record, facts } = one;
  const { environment, repository, layer, observed_at, verdict } = record;
  const stale = expires.find((each) => each <= observed_at);
  const wanted = new Set(group.map(({ policy_id }) => policy_id));
  const asked = judgements.filter(({ policy_id }) => wanted.has(policy_id));
  const { decisions: made } = await judgeAll(
    { judgeMany: async () => [asked as Judgement[]] },
    [{ file: document.file, documents: [document], problems: [] }],
    {
      bundle,
      layer,
      now: Date.parse(observed_at),
      onlyFound: true,
      ...(environment === undefined ? {} : { environment }),
      ...(repository === undefined ? {} : { repository }),
      ...(facts?.fail_on === undefined ? {} : { failOn: facts.fail_on }),
      // By a bundle that had expired nothing passes, and what is not evaluated otherwise stays so.
      ...(stale !== undefined && verdict === 'not_evaluated' ? { stale } : {}),
    },
  );
  return new Map(
    made.map((decision) => {
      const said = { ...saidOf(decision, (text) => text), ...(decision.code && { code: decision.code }) };
      return [keyOf(said), said];
    }),
  );
}

export const keyOf = ({
  policy_id,
  rule_id,
  subject_id,
}: Pick<Askable, 'policy_id' | 'rule_id' | 'subject_id'>) => JSON.stringify([policy_id, rule_id, subject_id]);
