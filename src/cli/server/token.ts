import { DAY_MILLISECONDS, ExhibitError, formatInstant } from '../../record/index.ts';
import { newToken, ROLES, type Role } from '../../server/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';

const DAYS = 365;

/** Prints a new token on stdout, once, and on stderr what the configuration needs; the token itself is stored nowhere. */
export function makeToken(
  name: string,
  flags: { role: string; emitter?: string; days?: number },
  context: Context,
): ExitCode {
  const role = ROLES.find((one): one is Role => one === flags.role);
  if (role === undefined)
    throw new ExhibitError('USAGE', `--role ${JSON.stringify(flags.role)} is none of ${ROLES.join(', ')}`);
  if (role === 'emitter' && flags.emitter === undefined)
    throw new ExhibitError('USAGE', 'an emitter needs the name under which it may send', {
      hint: 'Example: --emitter ci/shop',
    });
  const days = flags.days ?? DAYS;
  if (!(days > 0)) throw new ExhibitError('USAGE', '--days must be more than 0');
  const { token, hash } = newToken(context.random);
  const expires = formatInstant(context.clock() + days * DAY_MILLISECONDS);
  const lines = [
    `    - name: ${JSON.stringify(name)}`,
    // At a terminal the value stands on a line of its own, which YAML reads alike.
    ...(context.stderr.isTTY ? ['      hash:', `        ${hash}`] : [`      hash: ${hash}`]),
    `      roles: [${role}]`,
    ...(flags.emitter === undefined ? [] : [`      emitters: [${JSON.stringify(flags.emitter)}]`]),
    `      expires: ${expires}`,
  ];
  context.stderr.write(
    `Below auth.tokens of the configuration:\n${lines.join('\n')}\nThe token, shown this once:\n`,
  );
  context.stdout.write(`${token}\n`);
  return EXIT.ok;
}
