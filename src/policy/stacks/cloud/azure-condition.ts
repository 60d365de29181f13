import type { Problem } from '../../types.ts';
import type { YamlFile } from '../../yaml-file.ts';
import { problemAt } from './plane.ts';

/** Comparisons of a policy rule (Azure Policy, "Policy definition structure: policy rule", Conditions). */
const COMPARISONS: readonly string[] = [
  'equals',
  'notEquals',
  'like',
  'notLike',
  'match',
  'matchInsensitively',
  'notMatch',
  'notMatchInsensitively',
  'contains',
  'notContains',
  'in',
  'notIn',
  'containsKey',
  'notContainsKey',
  'less',
  'lessOrEquals',
  'greater',
  'greaterOrEquals',
  'exists',
];
const SUBJECTS: readonly string[] = ['field', 'value', 'count', 'source'];

/** What is wrong in the `if` of a policy rule: an operator that there is not, or a condition that compares nothing. */
export function conditionProblems(file: YamlFile, node: unknown, path: readonly PropertyKey[]): Problem[] {
  const say = (message: string): Problem[] => [problemAt(file, path, 'azure-policy', message)];
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return say('expected a condition');
  const condition = node as Record<string, unknown>;
  const keys = Object.keys(condition);
  const logical = keys.filter((key) => key === 'allOf' || key === 'anyOf' || key === 'not');
  const [operator] = logical;
  if (operator !== undefined) {
    if (keys.length > 1)
      return say(
        `${operator} stands alone in its condition, not beside ${keys.filter((key) => key !== operator).join(', ')}`,
      );
    const inner = condition[operator];
    if (operator === 'not') return conditionProblems(file, inner, [...path, operator]);
    if (!Array.isArray(inner) || inner.length === 0) return say(`${operator} takes a list of conditions`);
    return inner.flatMap((item, i) => conditionProblems(file, item, [...path, operator, i]));
  }
  const unknown = keys.find((key) => !SUBJECTS.includes(key) && !COMPARISONS.includes(key));
  if (unknown !== undefined) return say(`${unknown} is no operator of a condition`);
  if (keys.filter((key) => SUBJECTS.includes(key)).length !== 1)
    return say('a condition has one of field, value, count and source');
  if (keys.filter((key) => COMPARISONS.includes(key)).length !== 1)
    return say('a condition has one comparison, such as equals');
  return countProblems(file, condition.count, [...path, 'count']);
}

function countProblems(file: YamlFile, count: unknown, path: readonly PropertyKey[]): Problem[] {
  const where = (count as { where?: unknown } | undefined)?.where;
  return where === undefined ? [] : conditionProblems(file, where, [...path, 'where']);
}
