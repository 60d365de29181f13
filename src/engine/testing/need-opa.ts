import { describe } from 'vitest';
import { findOpa } from '../../policy/index.ts';

const missing = await findOpa(process.env).then(
  () => undefined,
  (error: unknown) => error,
);
// Where everything must be there, a missing tool is a failure and not a reason to skip.
if (missing !== undefined && process.env.CI === 'true') throw missing;

/** A suite that compiles Rego: skipped where no opa is found. */
export const describeWithOpa = (name: string, body: () => void): void => {
  describe.skipIf(missing !== undefined)(
    missing === undefined ? name : `${name} (skipped: no opa found)`,
    body,
  );
};
