import { createEngine } from '../../engine/index.ts';
import type { JudgeExamples } from '../../policy/index.ts';
import { type Clock, LAYERS } from '../../record/index.ts';

/** Judges examples as `check` does: the same module, the same engine, at a layer that the policy is set for. */
export function judgeExamples(clock: Clock): JudgeExamples {
  return async (bundle, documents) => {
    const now = clock();
    const engine = await createEngine(bundle, { clock: () => now });
    try {
      const found = documents.map(async ({ policy, document }) => {
        const layer = LAYERS.find((one) => policy.layers[one] !== undefined);
        const all = layer === undefined ? [] : await engine.judge(document, layer);
        return all.filter(({ policy_id }) => policy_id === policy.id);
      });
      return await Promise.all(found);
    } finally {
      await engine.close();
    }
  };
}
