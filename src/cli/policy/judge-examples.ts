import { createEngine } from '../../engine/index.ts';
import { type ExampleVerdict, exampleInstant, type JudgeExamples } from '../../policy/index.ts';
import { LAYERS } from '../../record/index.ts';

/** Judges examples as `check` does: the same module, the same engine, at a layer that the policy is set for. */
export const judgeExamples: JudgeExamples = async (bundle, documents) => {
  let now = 0;
  const engine = await createEngine(bundle, { clock: () => now });
  try {
    const found: (readonly ExampleVerdict[])[] = [];
    // One after the other, since each is judged at the instant of its own policy.
    for (const { policy, document } of documents) {
      now = exampleInstant(policy);
      const layer = LAYERS.find((one) => policy.layers[one] !== undefined);
      const all = layer === undefined ? [] : await engine.judge(document, layer);
      found.push(all.filter(({ policy_id }) => policy_id === policy.id));
    }
    return found;
  } finally {
    await engine.close();
  }
};
