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
    hours_to_resolve: z.strictObject({
      of: count,
      median: hours.nullable(),
      p90: hours.nullable(),
      longest: hours.nullable(),
    }),
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

/** The figures of episodes: never one number alone, and what is open is counted apart. */
export function driftFigures(episodes: readonly DriftEpisode[]): DriftReport['figures'] {
  const as = (word: string) => episodes.filter(({ closed_as }) => closed_as === word);
  const sorted = as('resolved')
    .map((each) => each.hours)
    .sort((a, b) => a - b);
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
  };
}
