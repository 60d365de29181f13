import { resolve } from 'node:path';
import { auditDraft, recordActs } from '../../audit/index.ts';
import { type LedgerReader, openReader } from '../../ledger/index.ts';
import { ExhibitError, isExhibitError } from '../../record/index.ts';
import { resolveConfig } from '../config/config.ts';
import type { Context } from '../context.ts';
import { actorHere } from '../evidence/actors.ts';
import { writing } from '../ledger/memory.ts';
import { VERSION } from '../version.ts';

/** Flags that every command of an engagement has. */
export interface PlaceFlags {
  evidence?: string;
  /** Who does it; the user of this machine unless given. */
  as?: string;
  output: 'table' | 'json';
}

/** @throws ExhibitError USAGE where none is named */
export function evidenceOf({ evidence }: PlaceFlags, context: Context): string {
  const folder = resolveConfig(evidence === undefined ? {} : { evidence }, context).evidence?.value;
  if (folder === undefined)
    throw new ExhibitError('USAGE', 'which evidence?', {
      hint: 'Name the folder with --evidence, EXHIBIT_EVIDENCE or .exhibit.yaml.',
    });
  return resolve(context.cwd, folder);
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
  flags: PlaceFlags,
  context: Context,
): Promise<ReadRecorded> {
  try {
    return await writing(folder, context, async (ledger) => {
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
    });
  } catch (error) {
    if (!isExhibitError(error, 'LEDGER_KEY')) throw error;
    return { not_recorded: 'this folder is a copy to read: it has no key to write with' };
  }
}

/** Opens the reading side, does the work, and closes it. */
export async function reading<T>(folder: string, work: (reader: LedgerReader) => Promise<T>): Promise<T> {
  const reader = await openReader(folder);
  try {
    return await work(reader);
  } finally {
    await reader.close();
  }
}
