import type { Outcome } from '../../types.ts';
import { trivyCheck } from '../scanners/trivy-check.ts';

/** What a rule id of one tool means here, so that SARIF and the tool's own JSON give the same policy ids. */
export interface Meant {
  check: string;
  rule?: string;
  verdict?: Outcome['verdict'];
  suppressed?: Outcome['suppressed'];
}

const PLAIN = (ruleId: string): Meant => ({ check: ruleId });

const DIALECTS: Readonly<Record<string, (ruleId: string, level: string | undefined) => Meant>> = {
  trivy: (ruleId) => ({ check: trivyCheck(ruleId) }),
  conftest: ofConftest,
};

/** @param tool as `toolOf` gives it */
export function meantBy(tool: string, ruleId: string, level: string | undefined): Meant {
  return (Object.hasOwn(DIALECTS, tool) ? DIALECTS[tool] : undefined)?.(ruleId, level) ?? PLAIN(ruleId);
}

/**
 * Conftest's rules are the namespace and one of five words; the names of its own rules are lost there. `success` is what a document has against
 * which nothing else was found, with the level `none`.
 */
function ofConftest(ruleId: string, level: string | undefined): Meant {
  const [, check, rule] = /^(.+)\/(deny|warn|allow|success|skip)$/.exec(ruleId) ?? [];
  if (check === undefined || rule === undefined) return PLAIN(ruleId);
  switch (rule) {
    case 'success':
      return { check, verdict: level === 'none' ? 'pass' : 'not_evaluated' };
    case 'skip':
      return { check, verdict: 'not_evaluated' };
    case 'allow':
      return { check, verdict: 'not_evaluated', suppressed: { kind: 'exception in Rego' } };
    default:
      return { check, rule };
  }
}

/** A tool's name as the prefix of policy ids: `Snyk Open Source` is `snyk-open-source`. */
export function toolOf(name: string): string {
  const plain = name
    .slice(0, 256)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}._]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return plain === '' ? 'sarif' : plain.slice(0, 64);
}
