import { type Bundle, isRegoPolicy } from '../../policy/index.ts';

export interface RuleText {
  file: string;
  text: string;
}

/** Text of a policy's rules as the bundle carries it: its own files. Empty where the bundle has no such policy or no such file. */
export function ruleText(
  { policies, files }: Pick<Bundle, 'policies' | 'files'>,
  policy_id: string,
): RuleText[] {
  const policy = policies.find(({ id }) => id === policy_id);
  if (policy === undefined) return [];
  const names = isRegoPolicy(policy) ? [policy.file] : policy.files;
  return names.flatMap((file) => {
    const bytes = files.get(file);
    return bytes === undefined ? [] : [{ file, text: Buffer.from(bytes).toString('utf8') }];
  });
}
