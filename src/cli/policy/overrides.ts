import { resolve } from 'node:path';
import { findOpa, type Override, readRepository } from '../../policy/index.ts';
import { DAY_MILLISECONDS } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { columns, printable } from '../terminal/text.ts';

/** Every override and its state now; what was rejected is listed with the reason. */
export async function list(folder: string, json: boolean, context: Context): Promise<ExitCode> {
  const { overrides, rejected_overrides } = await readRepository(resolve(context.cwd, folder), {
    opa: await findOpa(context.env),
  });
  const now = context.clock();
  if (json) {
    const rows = overrides.map((override) => ({ ...override, state: stateOf(override, now) }));
    context.stdout.write(
      `${JSON.stringify({ schemaVersion: 1, overrides: rows, rejected: rejected_overrides }, null, 2)}\n`,
    );
    return EXIT.ok;
  }
  const rows = overrides.map((override) => [
    override.id,
    override.policy,
    override.owner,
    stateOf(override, now),
  ]);
  if (rows.length > 0) context.stdout.write(`${columns(rows).join('\n')}\n`);
  for (const { file, reason } of rejected_overrides)
    context.stdout.write(`rejected  ${printable(`${file}: ${reason}`)}\n`);
  context.stdout.write(`${overrides.length} overrides, ${rejected_overrides.length} rejected\n`);
  return EXIT.ok;
}

/** Exit 1 when one would not apply. */
export async function lint(folder: string, context: Context): Promise<ExitCode> {
  const { overrides, rejected_overrides } = await readRepository(resolve(context.cwd, folder), {
    opa: await findOpa(context.env),
  });
  for (const { file, reason } of rejected_overrides)
    context.stdout.write(`${printable(`${file}: ${reason}`)}\n`);
  context.stdout.write(`${overrides.length} would apply, ${rejected_overrides.length} would not\n`);
  return rejected_overrides.length === 0 ? EXIT.ok : EXIT.violation;
}

/** In words: waiting, in force with the days left, or gone. */
function stateOf(override: Override, now: number): string {
  const sunset = Date.parse(override.sunset);
  if (now > sunset) return `expired ${override.sunset.slice(0, 10)}`;
  if (now < Date.parse(override.created)) return `from ${override.created.slice(0, 10)}`;
  const days = Math.floor((sunset - now) / DAY_MILLISECONDS);
  return `in force until ${override.sunset} (${days} days left)`;
}
