import { didYouMean, ExhibitError } from '../../record/index.ts';

/**
 * The control that somebody names in an engagement, as the log writes it: `cc6.1`, or `soc2/cc6.1`. A request is a record that nobody can
 * take back, so a name that the framework does not have is refused and not recorded.
 * @param asked attacker-controlled
 * @param known controls of the framework, by their ids in it
 * @throws ExhibitError USAGE, with those that are spelled most like it
 */
export function controlIn(framework: string, asked: string, known: readonly string[]): string {
  const prefix = `${framework}/`;
  const name = asked.startsWith(prefix) ? asked.slice(prefix.length) : asked;
  if (known.includes(name)) return name;
  const what = `${framework} has no control ${asked.slice(0, 64)}`;
  throw new ExhibitError('USAGE', `${what}${didYouMean(name, known)}`, {
    hint:
      known.length === 0
        ? 'The log names no control of it yet. Write the text without one.'
        : `It has ${[...known].sort().join(', ')}.`,
  });
}
