import type { Outcome } from '../../types.ts';
import { trivyCheck } from '../scanners/trivy-check.ts';

/** What a rule id of one tool means here, so that SARIF and the tool's own JSON give the same policy ids. */
export interface Meant {
  check: string;
  rule?: string;
  verdict?: Outcome['verdict'];
  suppressed?: Outcome['suppressed'];
}

/** A result of one tool: its rule, its level, and whether it is the only one of that tool and rule's namespace on its place. */
interface Row {
  ruleId: string;
  level: string | undefined;
  alone: () => boolean;
}

const DIALECTS: Readonly<Record<string, (row: Row) => Meant>> = {
  trivy: ({ ruleId }) => ({ check: trivyCheck(ruleId) }),
  conftest: ofConftest,
};

/** @param tool as `toolOf` gives it */
export function meantBy(tool: string, row: Row): Meant {
  const dialect = Object.hasOwn(DIALECTS, tool) ? DIALECTS[tool] : undefined;
  return dialect === undefined ? { check: row.ruleId } : dialect(row);
}

/**
 * Conftest's rules are the namespace and one of five words; the names of its own rules are lost there. `success`, with the level `none`, stands for
 * a document against which nothing was found; it also stands beside the exceptions that made it so, and then it is no pass.
 */
function ofConftest({ ruleId, level, alone }: Row): Meant {
  const [, check, rule] = CONFTEST.exec(ruleId) ?? [];
  if (check === undefined || rule === undefined) return { check: ruleId };
  switch (rule) {
    case 'success':
      return { check, verdict: level === 'none' && alone() ? 'pass' : 'not_evaluated' };
    case 'skip':
      return { check, verdict: 'not_evaluated' };
    case 'allow':
      return { check, verdict: 'not_evaluated', suppressed: { kind: 'exception in Rego' } };
    default:
      return { check, rule };
  }
}

const CONFTEST = /^(.+)\/(deny|warn|allow|success|skip)$/;

/** A tool's name as the prefix of policy ids: `Snyk Open Source` is `snyk-open-source`. */
export function toolOf(name: string): string {
  const plain = name
    .slice(0, 256)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}._]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return plain === '' ? 'sarif' : plain.slice(0, 64);
}
