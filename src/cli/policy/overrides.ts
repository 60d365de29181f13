import { resolve } from 'node:path';
import {
  findCompiler,
  lintOverrides,
  type Override,
  type Repository,
  readRepository,
} from '../../policy/index.ts';
import { DAY_MILLISECONDS } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { inertJson } from '../terminal/json.ts';
import { sentence, table } from '../terminal/table.ts';

/** Every override and its state now; what was rejected is listed with the reason. */
export async function list(folder: string, json: boolean, context: Context): Promise<ExitCode> {
  const { overrides, rejected_overrides } = await readRepository(resolve(context.cwd, folder), {
    opa: await findCompiler(context.env),
  });
  const now = context.clock();
  if (json) {
    const rows = overrides.map((override) => ({ ...override, state: stateOf(override, now) }));
    context.stdout.write(
      `${inertJson({ schemaVersion: 1, overrides: rows, rejected: rejected_overrides }, 2)}\n`,
    );
    return EXIT.ok;
  }
  const rows = overrides.map((override) => [
    override.id,
    override.policy,
    override.owner,
    stateOf(override, now),
  ]);
  context.stdout.write(table(rows, context.stdout));
  for (const { file, reason } of rejected_overrides)
    context.stdout.write(sentence(`rejected  ${file}: ${reason}`, context.stdout));
  context.stdout.write(`${countOverrides({ overrides, rejected_overrides }, now)}\n`);
  return EXIT.ok;
}

/** Exit 1 when one would not apply. One that may cover too much is a warning. */
export async function lint(folder: string, context: Context): Promise<ExitCode> {
  const repository = await readRepository(resolve(context.cwd, folder), {
    opa: await findCompiler(context.env),
  });
  const { rejected_overrides } = repository;
  for (const { file, reason } of rejected_overrides)
    context.stdout.write(sentence(`${file}: ${reason}`, context.stdout));
  for (const { message, location, hint } of await lintOverrides(repository))
    context.stdout.write(sentence(`${location.file}: warning: ${message}. ${hint ?? ''}`, context.stdout));
  context.stdout.write(`${countOverrides(repository, context.clock())}\n`);
  return rejected_overrides.length === 0 ? EXIT.ok : EXIT.violation;
}

/** How many there are of each state, such as `1 in force, 0 waiting, 2 expired, 0 rejected`. */
export function countOverrides(
  { overrides, rejected_overrides }: Pick<Repository, 'overrides' | 'rejected_overrides'>,
  now: number,
): string {
  const of = (phase: Phase) => overrides.filter((override) => phaseOf(override, now) === phase).length;
  const phases = PHASES.map((phase) => `${of(phase)} ${phase}`);
  return [...phases, `${rejected_overrides.length} rejected`].join(', ');
}

const PHASES = ['in force', 'waiting', 'expired'] as const;
type Phase = (typeof PHASES)[number];

function phaseOf(override: Override, now: number): Phase {
  if (now > Date.parse(override.sunset)) return 'expired';
  return now < Date.parse(override.created) ? 'waiting' : 'in force';
}

/** In words: waiting, in force with the days left, or gone. */
function stateOf(override: Override, now: number): string {
  const { created, sunset } = override;
  const phase = phaseOf(override, now);
  switch (phase) {
    case 'expired':
      return `expired ${sunset.slice(0, 10)}`;
    case 'waiting':
      return `waiting until ${created.slice(0, 10)}`;
    case 'in force':
      return `in force until ${sunset} (${Math.floor((Date.parse(sunset) - now) / DAY_MILLISECONDS)} days left)`;
  }
}
