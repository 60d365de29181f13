import type { Verdict } from '../../../record/index.ts';

/** What an answer of a rule that Exhibit does not know says. */
export interface Answer {
  verdict: Verdict;
  message?: string;
}

/** Names of rules whose members are objections: none is a pass. */
const OBJECTIONS = /^(?:deny|violations?|warn)(?:_\w+)?$/;
const PERMISSIONS = ['allow', 'allowed'] as const;

/**
 * The verdict of an OPA decision about an application's own rule. Only what is surely a yes or a no is taken for one: a boolean,
 * `allow` or `allowed` in an object (as Envoy's plugin answers), and a set of objections.
 * @param path slash path of what was asked
 * @param result undefined where the document was undefined
 */
export function verdictOf(path: string, result: unknown, error: unknown): Answer {
  if (error !== undefined && error !== null) return { verdict: 'error', message: `OPA: ${errorText(error)}` };
  if (result === undefined) return { verdict: 'error', message: 'the rule is undefined for this input' };
  const name = path.split('/').at(-1) ?? '';
  const objection = OBJECTIONS.test(name);
  if (typeof result === 'boolean') return { verdict: result === objection ? 'fail' : 'pass' };
  if (Array.isArray(result) && objection) return objections(result);
  if (typeof result === 'object' && result !== null && !Array.isArray(result)) {
    const members = result as Record<string, unknown>;
    for (const key of PERMISSIONS) {
      if (typeof members[key] === 'boolean') return { verdict: members[key] ? 'pass' : 'fail' };
    }
  }
  return { verdict: 'not_evaluated', message: 'the answer is neither a yes nor a no that is known' };
}

function objections(list: readonly unknown[]): Answer {
  if (list.length === 0) return { verdict: 'pass' };
  const texts = list.flatMap((item) => {
    const text = typeof item === 'string' ? item : (item as { msg?: unknown; message?: unknown } | null);
    const found = typeof text === 'string' ? text : (text?.msg ?? text?.message);
    return typeof found === 'string' ? [found] : [];
  });
  return texts.length === 0 ? { verdict: 'fail' } : { verdict: 'fail', message: texts.join('; ') };
}

function errorText(error: unknown): string {
  const { message } = error as { message?: unknown };
  return typeof message === 'string' ? message : JSON.stringify(error);
}
