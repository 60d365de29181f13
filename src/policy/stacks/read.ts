import { z } from 'zod';
import { describe } from '../issue.ts';
import { commonFields } from '../schema.ts';
import type { Files, Problem, StackPolicy } from '../types.ts';
import { parseYaml } from '../yaml-file.ts';
import { STACKS, type Stack, type StackReading, type Statement } from './index.ts';

const schema = z.strictObject({
  ...commonFields,
  title: z.string().trim().min(1).max(256),
  description: z.string().trim().min(1).max(4_096),
});

/** The policies of other engines than OPA, and what is wrong in them. */
export async function readStacks(
  files: Files,
  folders: readonly string[],
  stacks: readonly Stack[] = STACKS,
): Promise<{ policies: StackPolicy[]; problems: Problem[] }> {
  const policies: StackPolicy[] = [];
  const problems: Problem[] = [];
  for (const file of [...files.keys()].sort()) {
    const stack = stacks.find(({ main }) => file.endsWith(`/${main}`));
    if (stack === undefined || !folders.some((folder) => file.startsWith(`${folder}/`))) continue;
    const reading = await stack.read(file, files);
    problems.push(...reading.problems);
    const outcome = policyOf(stack, file, files, reading);
    if (outcome.policy !== undefined) policies.push(outcome.policy);
    problems.push(...outcome.problems);
  }
  return { policies, problems };
}

function policyOf(
  stack: Stack,
  file: string,
  files: Files,
  reading: StackReading,
): { policy?: StackPolicy; problems: Problem[] } {
  const side = `${file.slice(0, file.lastIndexOf('/'))}/policy.yaml`;
  const found = reading.statement ?? beside(side, files);
  if (found === undefined) {
    // A file that cannot be read lacks no metadata.
    if (reading.problems.some(({ severity }) => severity === 'error')) return { problems: [] };
    const hint = `Write the metadata into ${side}, or into the annotations of ${file}.`;
    const message = `${file} has no metadata for Exhibit`;
    return {
      problems: [{ severity: 'error', rule: 'metadata', message, location: { file, line: 1 }, hint }],
    };
  }
  if ('problems' in found) return { problems: found.problems };
  const parsed = schema.safeParse(found.value);
  if (parsed.success) {
    const { with: others = [] } = reading;
    return { policy: { ...parsed.data, style: stack.style, file, files: [file, ...others] }, problems: [] };
  }
  const problems = parsed.error.issues.map(
    (issue): Problem => ({
      severity: 'error',
      rule: 'metadata',
      message: describe(issue),
      location: found.locate(issue.path),
    }),
  );
  return { problems };
}

function beside(side: string, files: Files): Statement | { problems: Problem[] } | undefined {
  if (!files.has(side)) return undefined;
  const { value, problems, locate } = parseYaml(files, side);
  if (problems.length > 0) return { problems };
  return { value: (value ?? {}) as Record<string, unknown>, locate };
}
