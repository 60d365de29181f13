import { expect, test } from 'vitest';
import { createEngine } from '../../../src/engine/index.ts';
// Not part of the engine's contract: bundles and documents for tests.
import { bundleOf, metadata } from '../../../src/engine/testing/bundles.ts';
import { documentOf } from '../../../src/engine/testing/documents.ts';

const MEBIBYTE = 1024 * 1024;
const EVALUATIONS = 20_000;

const source = `${metadata('long')}package exhibit.policies.long
population contains {"type": "box", "id": x.id, "name": x.id} if some x in input.boxes
violations contains {"subject": x.id, "message": sprintf("%v", [x.tags])} if {
	some x in input.boxes
	not regex.match("^box-[0-9]+$", x.id)
}
`;

/** About 60 KB of JSON. */
const boxes = Array.from({ length: 400 }, (_, i) => ({
  id: `box-${i}`,
  tags: { owner: `team-${i}`, purpose: 'x'.repeat(80), numbers: [i, i + 1] },
}));

const settled = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().rss;
};

test(`${EVALUATIONS} evaluations of a large input leave the memory flat`, { timeout: 300_000 }, async () => {
  const bundle = await bundleOf({ 'policies/p/policy.rego': source });
  const engine = await createEngine(bundle, { clock: () => 0 });
  const documents = Array.from({ length: 100 }, (_, i) => documentOf('json', { boxes, i }, `${i}.json`));
  const rounds = EVALUATIONS / documents.length;
  let base = 0;
  for (let round = 0; round < rounds; round += 1) {
    const judged = await engine.judgeMany(documents, 'ci');
    if (round % 50 === 0) expect(judged.every((each) => each.length === boxes.length)).toBe(true);
    if (round === rounds / 4) base = settled();
  }
  expect(settled() - base).toBeLessThan(100 * MEBIBYTE);
  await engine.close();
});

test('instances that are replaced after each evaluation do not pile up', { timeout: 300_000 }, async () => {
  const bundle = await bundleOf({ 'policies/p/policy.rego': source });
  const engine = await createEngine(bundle, { clock: () => 0, limits: { instanceBytes: 1 } });
  const document = documentOf('json', { boxes });
  let base = 0;
  for (let round = 0; round < 3_000; round += 1) {
    const judged = await engine.judge(document, 'ci');
    if (round % 500 === 0) expect(judged).toHaveLength(boxes.length);
    if (round === 1_000) base = settled();
  }
  expect(settled() - base).toBeLessThan(200 * MEBIBYTE);
  await engine.close();
});
