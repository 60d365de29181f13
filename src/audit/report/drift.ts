import { z } from 'zod';

const time = z.string().describe('RFC 3339, UTC');
const count = z.int().min(0);
const hours = z.number().min(0).describe('one decimal');

/** How the team answered what was found, version 1: one line an episode, from opening to closing. */
export const driftSchema = z.strictObject({
  episodes: z.array(
    z.strictObject({
      finding: z.string(),
      policy: z.string(),
      subject: z.string(),
      severity: z.string(),
      owner: z.string(),
      opened: time,
      detected: time,
      closed: time.nullable().describe('null: open at the end of the period'),
      closed_as: z.string().nullable(),
      hours: hours.describe('from detection to closing, or to the end of the period'),
      due_hours: hours
        .nullable()
        .describe('within how many it was due by the configuration of the team; null: nobody stated it'),
    }),
  ),
  figures: z.strictObject({
    episodes: count,
    ...{ open: count, resolved: count, waived: count, withdrawn: count, gone: count },
    hours_to_resolve: z
      .strictObject({
        of: count,
        median: hours.nullable(),
        p90: hours.nullable(),
        longest: hours.nullable(),
      })
      .describe('of those that were resolved alone, by nearest rank: what is open is not in it'),
    hours_of_all: z
      .strictObject({ half: hours.nullable(), nine_of_ten: hours.nullable() })
      .describe(
        'within which so many of all episodes were resolved, by Kaplan-Meier: what is open, or was closed without a pass, counts with the time that it has lasted; null: too few were resolved, or fewer than ten',
      ),
  }),
  incidents: z.array(
    z.strictObject({
      finding: z.string(),
      known: time,
      steps: z.array(
        z.strictObject({
          step: z.string(),
          due: time,
          submitted: time.nullable(),
          late: z.boolean(),
          reference: z.string(),
          evidence: z.array(z.string()),
        }),
      ),
    }),
  ),
  weaknesses: z.array(z.string()),
});
export type DriftReport = z.infer<typeof driftSchema>;
export type DriftEpisode = DriftReport['episodes'][number];

/** How an episode stands at the end of the period; other: closed, and nothing was mended. */
type End = 'open' | 'resolved' | 'other';

export function endOf({ closed, closed_as }: Pick<DriftEpisode, 'closed' | 'closed_as'>): End {
  if (closed === null) return 'open';
  return closed_as === 'resolved' ? 'resolved' : 'other';
}

/** Of fewer that were resolved no part is said: one quick answer is no rate. */
export const LEAST_RESOLVED = 10;

/** The figures of episodes: never one number alone, and what is open is counted apart. */
export function driftFigures(episodes: readonly DriftEpisode[]): DriftReport['figures'] {
  const as = (word: string) => episodes.filter(({ closed_as }) => closed_as === word);
  const sorted = as('resolved')
    .map((each) => each.hours)
    .sort((a, b) => a - b);
  const items = episodes.map((each) => ({ hours: each.hours, as: endOf(each) }));
  // Nearest rank: the smallest value that at least this part of all does not exceed.
  const rank = (part: number) => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? null;
  return {
    episodes: episodes.length,
    open: episodes.filter(({ closed }) => closed === null).length,
    resolved: sorted.length,
    waived: as('waived').length,
    withdrawn: as('withdrawn').length,
    gone: as('gone').length,
    hours_to_resolve: {
      of: sorted.length,
      median: rank(0.5),
      p90: rank(0.9),
      longest: sorted.at(-1) ?? null,
    },
    hours_of_all: {
      half: sorted.length < LEAST_RESOLVED ? null : resolvedWithin(items, 0.5),
      nine_of_ten: sorted.length < LEAST_RESOLVED ? null : resolvedWithin(items, 0.9),
    },
  };
}

/**
 * Hours within which a part of all was resolved, by Kaplan and Meier (1958): what is open, or was closed without a pass, is known to have
 * lasted so long at least, and counts until then. A figure of what was resolved alone would hide what is open.
 * @returns null where fewer than this part were resolved
 */
export function resolvedWithin(items: readonly { hours: number; as: End }[], part: number): number | null {
  const times = [...new Set(items.filter(({ as }) => as === 'resolved').map(({ hours }) => hours))].sort(
    (a, b) => a - b,
  );
  let left = 1;
  for (const time of times) {
    const at_risk = items.filter(({ hours }) => hours >= time).length;
    const resolved = items.filter(({ hours, as }) => as === 'resolved' && hours === time).length;
    left *= 1 - resolved / at_risk;
    // Sums of fractions are not exact: half is half.
    if (left <= 1 - part + 1e-9) return time;
  }
  return null;
}
