import { findQuery, type QueryRequest, type QueryTemplate, readsAllFrameworks } from '../../lake/index.ts';
import { ExhibitError } from '../../record/index.ts';
import { parseScope, type Scope } from './scope.ts';

/**
 * A saved question about a scope, with what of it the question takes: its days always, framework and control where it names them, and the
 * first day as `since`.
 */
export function requestFor(name: string, { framework, from, to }: Scope, control?: string): QueryRequest {
  const takes = new Set(findQuery(name).parameters.map((parameter) => parameter.name));
  return {
    ...{ name, from, to },
    ...(takes.has('framework') ? { framework } : {}),
    ...(takes.has('control') && control !== undefined ? { control } : {}),
    ...(takes.has('since') ? { parameters: { since: from } } : {}),
  };
}

/** The question inside a scope: its framework, and its period or a part of it. @throws ExhibitError USAGE */
export function confineTo(scope: Scope, asked: QueryRequest): QueryRequest {
  const { framework = scope.framework, from = scope.from, to = scope.to } = asked;
  if (framework !== scope.framework || from < scope.from || to > scope.to)
    throw new ExhibitError(
      'USAGE',
      `${framework} from ${from} to ${to} is not within the scope: ${scope.framework} from ${scope.from} to ${scope.to}`,
    );
  parseScope({ framework, from, to });
  return { ...asked, framework, from, to, confined: true };
}

/**
 * The question as somebody may ask it who reads one framework and period. A text of his own is confined by the engine. So is a saved
 * question, but for one that takes a framework and counts from all records: its own text keeps it to the framework that it is asked with,
 * which is that of the scope whatever was asked for.
 * @throws ExhibitError USAGE: outside of the scope; QUERY_INVALID: the question has rows of other frameworks
 */
export function requestWithin(scope: Scope, asked: QueryRequest): QueryRequest {
  const inside = confineTo(scope, asked);
  if (asked.name === undefined || asked.sql !== undefined) return inside;
  const template = findQuery(asked.name);
  const why = notWithin(template);
  if (why !== undefined) throw new ExhibitError('QUERY_INVALID', `${template.name}: ${why}`);
  if (!keepsToFramework(template)) return inside;
  // A framework among the parameters would stand before that of the scope.
  const { confined: _, parameters: __, ...rest } = inside;
  return rest;
}

const OF_A_SCOPE: ReadonlySet<string> = new Set(['framework', 'control', 'from', 'to']);

/** Why a saved question is not asked within a scope, in words; undefined where it is. */
export function notWithin(template: QueryTemplate): string | undefined {
  if (template.parameters.some(({ name }) => !OF_A_SCOPE.has(name)))
    return 'it asks for more than a framework, a control and a period';
  if (keepsToFramework(template)) return undefined;
  if (readsAllFrameworks(template.sql)) return 'its rows are of all frameworks';
  return template.history === true ? 'it reads the days before the period' : undefined;
}

/** It reads more than rows of its framework, to count them, and shows rows of the framework alone. */
function keepsToFramework({ parameters, sql, history }: QueryTemplate): boolean {
  const takes = parameters.some(({ name }) => name === 'framework');
  return takes && (history === true || readsAllFrameworks(sql));
}
