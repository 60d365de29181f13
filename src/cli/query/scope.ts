import { parseScope, type Scope } from '../../audit/index.ts';
import type { QueryRequest } from '../../lake/index.ts';
import { ExhibitError } from '../../record/index.ts';

/** FRAMEWORK:FROM:TO. @throws ExhibitError USAGE */
export function scopeOf(text: string): Scope {
  const [framework = '', from = '', to = '', ...more] = text.split(':');
  if (more.length > 0)
    throw new ExhibitError('USAGE', `--scope ${JSON.stringify(text)} is not FRAMEWORK:FROM:TO`, {
      hint: 'Example: soc2:2026-01-01:2026-03-31.',
    });
  return parseScope({ framework, from, to });
}

/** The question inside a scope: its framework, and its period or a part of it. @throws ExhibitError USAGE */
export function confine(scope: Scope, asked: QueryRequest): QueryRequest {
  const { framework = scope.framework, from = scope.from, to = scope.to } = asked;
  if (framework !== scope.framework || from < scope.from || to > scope.to)
    throw new ExhibitError(
      'USAGE',
      `${framework} from ${from} to ${to} is not within the scope: ${scope.framework} from ${scope.from} to ${scope.to}`,
    );
  parseScope({ framework, from, to });
  return { ...asked, framework, from, to, confined: true };
}
