import { auditDraft, recordActs } from '../../audit/index.ts';
import { isExhibitError } from '../../record/index.ts';
import { isS3Url } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { actorHere } from '../evidence/actors.ts';
import { writing } from '../ledger/memory.ts';
import type { SourceFlags } from '../query/source.ts';
import { sentence } from '../terminal/table.ts';
import { VERSION } from '../version.ts';

/** Flags that every command of an engagement has. */
export interface PlaceFlags extends SourceFlags {
  evidence?: string;
  /** Who does it; the user of this machine unless given. */
  as?: string | undefined;
  output: 'table' | 'json';
}

/** A reference to who does it; names stand apart from the log. */
export function actorOf(folder: string, { as }: Pick<PlaceFlags, 'as'>, { random }: Context): string {
  return actorHere(folder, as, random);
}

/** Whether a read is on the record, and if not, why not. */
export type ReadRecorded = { record_id: string } | { not_recorded: string };

/**
 * Puts a read on the record before its result is shown. A copy that this machine only reads has no key to sign with: then the answer says that the read is
 * not recorded, which the reader is free to know and the team cannot hide.
 */
export async function recordRead(
  folder: string,
  act: {
    engagement: string;
    what: string;
    details: NonNullable<Parameters<typeof auditDraft>[0]['details']>;
  },
  flags: Pick<PlaceFlags, 'as'>,
  context: Context,
): Promise<ReadRecorded> {
  return whereItCan(folder, () =>
    writing(folder, context, async (ledger) => {
      const draft = auditDraft(
        {
          type: 'access',
          kind: 'read',
          engagement: act.engagement,
          message: `read: ${act.what}`,
          details: { what: act.what, by: 'command line', ...act.details },
          actor: actorOf(folder, flags, context),
        },
        { clock: context.clock, random: context.random, version: VERSION },
      );
      const [record_id = ''] = await recordActs(ledger, [draft]);
      return { record_id };
    }),
  );
}

/** Tells the reader that nobody else will know. */
export function tellNotRecorded({ not_recorded }: { not_recorded: string }, { stderr }: Context): void {
  stderr.write(sentence(`this read is NOT on record: ${not_recorded}`, stderr));
}

/**
 * What was recorded; or why a place that is only read takes no record.
 * @param mayBeCopy false where a folder without its key is a mistake
 */
export async function whereItCan<T>(
  place: string,
  record: () => Promise<T>,
  mayBeCopy = true,
): Promise<T | { not_recorded: string }> {
  if (isS3Url(place))
    return { not_recorded: 'a bucket is only read; the folder that writes into it can record reads' };
  try {
    return await record();
  } catch (error) {
    if (!mayBeCopy || !isExhibitError(error, 'LEDGER_KEY')) throw error;
    return { not_recorded: 'this folder is a copy to read: it has no key to write with' };
  }
}
