import { parseScope, type Scope } from '../../audit/index.ts';
import { ExhibitError } from '../../record/index.ts';

/** FRAMEWORK:FROM:TO. @throws ExhibitError USAGE */
export function scopeOf(text: string): Scope {
  const [framework = '', from = '', to = '', ...more] = text.split(':');
  if (more.length > 0)
    throw new ExhibitError('USAGE', `--scope ${JSON.stringify(text)} is not FRAMEWORK:FROM:TO`, {
      hint: 'Example: soc2:2026-01-01:2026-03-31.',
    });
  return parseScope({ framework, from, to }, (name) => `--scope: ${name}`);
}
