import { type Ask, type Engagement, readEngagement, requireOpen, type Scope } from '../../audit/index.ts';
import { ExhibitError, formatInstant } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { readingAt } from '../evidence/place.ts';
import { instantOf } from '../instant.ts';
import { controlOf } from '../scope/control.ts';
import type { BucketFlags } from '../store/flags.ts';
import { recordRead, tellNotRecorded } from './flags.ts';

/** What a command that can be asked within an engagement takes. */
export interface WithinFlags extends BucketFlags {
  engagement?: string | undefined;
  framework?: string | undefined;
  control?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  /** Who asks; the user of this machine unless given. */
  as?: string | undefined;
}

/** What is read, for the record of it. Left out where the command records what it does itself, with the engagement. */
export interface ReadAct {
  what: string;
  details?: Record<string, string>;
}

/** The flags, with framework and period of the engagement, and the engagement that they are within. */
export type Within<F> = F & { within?: Engagement };

/**
 * The one place that reads `--engagement`: what is asked takes the engagement's framework and period, a part of it may be asked for, and
 * what reaches outside is refused. The read is on the record before anything is answered. Without the flag nothing changes.
 * @param place an absolute path, or `s3://BUCKET/PREFIX`
 * @throws ExhibitError NOT_FOUND, ENGAGEMENT_OVER, ENGAGEMENT_SCOPE
 */
export async function within<F extends WithinFlags>(
  flags: F,
  place: string,
  context: Context,
  act?: ReadAct,
): Promise<Within<F>> {
  if (flags.engagement === undefined) return flags;
  const id = flags.engagement;
  const found = await readingAt(place, flags, context, (reader) =>
    readEngagement(reader, id, context.clock()),
  );
  requireOpen(found);
  const { framework, from, to } = found.scope;
  const asked = {
    framework: controlOf(flags).framework ?? framework,
    from: flags.from ?? from,
    to: flags.to ?? to,
  };
  requireInside(found, {
    framework: asked.framework,
    from: dayOfFlag('--from', asked.from),
    to: dayOfFlag('--to', asked.to),
  });
  if (act !== undefined) await recordIn(found, place, act, flags, context);
  return { ...flags, ...asked, within: found };
}

/** Puts a read on the record of an engagement; where that cannot be, the reader is told. */
export async function recordIn(
  { engagement, scope }: Engagement,
  place: string,
  { what, details = {} }: ReadAct,
  { as }: Pick<WithinFlags, 'as'>,
  context: Context,
): Promise<void> {
  const read = await recordRead(
    place,
    { engagement, what, details: { ...scope, ...details } },
    as === undefined ? {} : { as },
    context,
  );
  if ('not_recorded' in read) tellNotRecorded(read, context);
}

/** @throws ExhibitError ENGAGEMENT_SCOPE */
export function requireInside({ engagement, scope }: Engagement, asked: Scope): void {
  const { framework, from, to } = asked;
  if (framework === scope.framework && from >= scope.from && to <= scope.to) return;
  throw new ExhibitError(
    'ENGAGEMENT_SCOPE',
    `${framework} from ${from} to ${to} is not within engagement ${engagement}: ${scope.framework} from ${scope.from} to ${scope.to}`,
    {
      details: { engagement },
      hint: 'Ask for that framework, and for these days or some of them; or have another engagement opened.',
    },
  );
}

/** A policy that supports no control of the framework is none of the engagement. @throws ExhibitError ENGAGEMENT_SCOPE */
export async function requirePolicy(
  { within: found, policy }: Within<{ policy?: string }>,
  ask: Ask,
): Promise<void> {
  if (found === undefined || policy === undefined) return;
  const { columns, rows } = await ask({ name: 'control-links' });
  const at = (name: string) => columns.findIndex((column) => column.name === name);
  const [framework, id] = [at('framework'), at('policy_id')];
  if (rows.some((row) => row[framework] === found.scope.framework && row[id] === policy)) return;
  throw new ExhibitError(
    'ENGAGEMENT_SCOPE',
    `the policy ${policy} supports no control of ${found.scope.framework}, which engagement ${found.engagement} is about`,
    { details: { engagement: found.engagement } },
  );
}

/** UTC day of a day or a time with its zone. */
function dayOfFlag(flag: string, value: string): string {
  const at = instantOf(flag, value, '00:00:00.000Z');
  return at === undefined ? value : formatInstant(at).slice(0, 10);
}
