import { z } from 'zod';
import { parseJsonFile } from '../../json-file.ts';
import type { Files, Problem } from '../../types.ts';
import { conform } from '../../yaml-file.ts';

const request = z.strictObject({
  principal: z.unknown(),
  action: z.unknown(),
  resource: z.unknown(),
  context: z.record(z.string(), z.unknown()).default({}),
});

/** The form of `cedar run-tests`: what is asked, and what Cedar has to answer. */
const testsSchema = z
  .array(
    z.strictObject({
      name: z.string().min(1).optional(),
      request,
      entities: z.array(z.unknown()).default([]),
      decision: z.enum(['allow', 'deny']),
      /** Ids of the statements that determine the decision. */
      reason: z.array(z.string()),
      num_errors: z.int().min(0).default(0),
    }),
  )
  .min(1, 'the file holds no test');

export type CedarTest = z.infer<typeof testsSchema>[number];

/** The tests of a policy set; what does not fit the form is a problem with its place. */
export function readTests(files: Files, file: string): { tests: CedarTest[]; problems: Problem[] } {
  const { value = [], problems } = conform(parseJsonFile(files, file), testsSchema, 'cedar-test');
  return { tests: value, problems };
}
