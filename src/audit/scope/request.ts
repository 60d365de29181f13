import { findQuery, type QueryRequest } from '../../lake/index.ts';
import type { Scope } from './scope.ts';

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
