import type { InputDocument } from '../../inputs/index.ts';
import type { Policy } from '../../policy/index.ts';
import type { Severity } from '../../record/index.ts';
import type { Judgement } from '../types.ts';
import { mergeMessages, readMessages } from './messages.ts';
import { malformed } from './outcome.ts';
import { documentSubject } from './subject.ts';

const RULE = /^(deny|violation|warn)(?:_(.+))?$/;

/**
 * Verdicts from Conftest's rules, unchanged; the subject is the document.
 *
 * - `deny`, `deny_x`, `violation`, `violation_x`: any result is a fail.
 * - `warn`, `warn_x`: any result is a fail of severity low at most, and its mode is warn at most: the verdict is the
 *   rule's, and that it does not block is a disposition.
 * - `exception`: the author's own exclusion. A rule that it names does not apply to this document, whatever its results.
 *
 * @throws ExhibitError ENGINE_ERROR when there is no rule, or a result is neither a string nor has `msg`
 * @see Conftest's policy engine: exceptions are matched by the name without its prefix
 */
export function judgeConftest(policy: Policy, document: InputDocument, result: unknown): Judgement[] {
  const rules = (result ?? {}) as Record<string, unknown>;
  const names = Object.keys(rules)
    .filter((name) => RULE.test(name))
    .sort();
  if (names.length === 0)
    throw malformed(
      'no rule deny, violation or warn has a value',
      'The package needs at least one such rule.',
    );
  const excepted = new Set((Array.isArray(rules.exception) ? rules.exception : []).flat());
  const subject = documentSubject(document);
  return names.map((name): Judgement => {
    const [, kind, suffix = ''] = RULE.exec(name) ?? [];
    const base = {
      policy_id: policy.id,
      rule_id: names.length === 1 ? policy.id : `${policy.id}/${name}`,
      severity: kind === 'warn' ? atMostLow(policy.severity) : policy.severity,
      subject,
      ...(kind === 'warn' ? { at_most: 'warn' as const } : {}),
    };
    if (excepted.has(suffix)) {
      const message = `an exception of the policy excludes this document from ${name}`;
      return { ...base, verdict: 'not_applicable', message, details: { exception: suffix } };
    }
    const messages = readMessages(name, rules[name]);
    return messages.length === 0
      ? { ...base, verdict: 'pass' }
      : { ...base, verdict: 'fail', ...mergeMessages(messages) };
  });
}

const atMostLow = (severity: Severity): Severity => (severity === 'info' ? 'info' : 'low');
