import { parseScope, type Scope } from '../../audit/index.ts';
import type { QueryRequest } from '../../lake/index.ts';
import { ExhibitError } from '../../record/index.ts';
import type { QueryFlags } from './flags.ts';

/** `--control soc2/cc6.1` is both; `--control cc6.1` needs `--framework`. */
export function controlOf(flags: Pick<QueryFlags, 'framework' | 'control'>): {
  framework: string | undefined;
  control: string | undefined;
} {
  const slash = flags.control?.indexOf('/') ?? -1;
  return {
    framework: slash > 0 ? flags.control?.slice(0, slash) : flags.framework,
    control: slash > 0 ? flags.control?.slice(slash + 1) : flags.control,
  };
}

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
export function within(text: string, asked: QueryRequest): QueryRequest {
  const scope = scopeOf(text);
  const { framework = scope.framework, from = scope.from, to = scope.to } = asked;
  if (framework !== scope.framework || from < scope.from || to > scope.to)
    throw new ExhibitError(
      'USAGE',
      `${framework} from ${from} to ${to} is not within the scope: ${scope.framework} from ${scope.from} to ${scope.to}`,
    );
  parseScope({ framework, from, to });
  return { ...asked, framework, from, to, confined: true };
}
