import { z } from 'zod';
import { withStage } from '../../stage.ts';
import type { ExampleResult, Files, StackPolicy } from '../../types.ts';
import { call, failed, jsonIn } from './apply.ts';
import type { Kyverno } from './find.ts';

/** Kyverno's own tests of a policy: in its folder, for `kyverno test`. */
export const OWN_TESTS = 'kyverno-test.yaml';

const rowsSchema = z.array(
  z.object({
    POLICY: z.string(),
    RULE: z.string().default(''),
    RESOURCE: z.string(),
    RESULT: z.string(),
    REASON: z.string().default(''),
  }),
);

/** `kyverno test` over the policy's folder: one result, which names the first expectation that did not hold. */
export async function runOwnTests(
  kyverno: Kyverno,
  policy: StackPolicy,
  files: Files,
): Promise<ExampleResult> {
  const folder = policy.file.slice(0, policy.file.lastIndexOf('/') + 1);
  const staged = new Map([...files].filter(([path]) => path.startsWith(folder)));
  const result = await withStage(staged, (stage) =>
    call(kyverno, stage, [
      'test',
      folder,
      '--file-name',
      OWN_TESTS,
      '--output-format',
      'json',
      '--require-tests',
    ]),
  );
  const named = { policy_id: policy.id, file: `${folder}${OWN_TESTS}`, expected: 'test' as const };
  const rows = jsonIn(result.stdout.toString('utf8')).flatMap((one) => rowsSchema.safeParse(one).data ?? []);
  const subjects = rows.length;
  const wrong = rows.find(({ RESULT }) => RESULT !== 'Pass');
  if (wrong !== undefined) {
    const { RULE, RESOURCE, RESULT, REASON } = wrong;
    return { ...named, ok: false, message: `${RULE} ${RESOURCE}: ${RESULT}, ${REASON}`.trim(), subjects };
  }
  if (result.code !== 0 || subjects === 0)
    return { ...named, ok: false, message: failed(result).message, subjects };
  return { ...named, ok: true, message: `${subjects} expectations hold`, subjects };
}
