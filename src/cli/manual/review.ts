import { type Added, type ManualItem, manualItems, recordAct, reviewedSchema } from '../../audit/index.ts';
import { dayOf, ExhibitError } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { actorHere } from '../evidence/actors.ts';
import { folderOf } from '../evidence/place.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { openWriter, remember } from '../ledger/memory.ts';
import { bounded, draft, type PlaceFlags } from './common.ts';
import { show } from './show.ts';

export interface ReviewFlags {
  verdict: 'pass' | 'fail';
  reviewer: string;
  note?: string;
}

type Subject = Pick<Added, 'framework' | 'control' | 'title' | 'digest'> &
  Pick<ManualItem, 'record_id' | 'added_by'>;

/**
 * The record of a review.
 * @throws ExhibitError USAGE: who added it reviews it
 */
export function reviewDraft(item: Subject, flags: ReviewFlags, folder: string, context: Context) {
  const { framework, control, digest, title } = item;
  const reviewer = bounded('--reviewer', flags.reviewer, 200);
  // The same name has the same reference.
  const reference = actorHere(folder, reviewer, context.random);
  if (reference === item.added_by)
    throw new ExhibitError('USAGE', 'who added the evidence cannot be its reviewer', {
      hint: 'Name somebody else with --reviewer; --as says who adds.',
    });
  const details = reviewedSchema.parse({
    kind: 'manual reviewed',
    // Of the one that is about to be added there is no id yet: this is only looked at.
    manual: item.record_id === '' ? '00000000-0000-0000-0000-000000000000' : item.record_id,
    ...{ framework, control, digest, reviewer, verdict: flags.verdict },
    ...(flags.note === undefined ? {} : { note: bounded('--note', flags.note, 4_000) }),
  });
  return draft(
    details,
    `reviewed manual evidence of ${framework}/${control}: ${flags.verdict}: ${title}`,
    reference,
    context,
  );
}

/**
 * Records a review of manual evidence, and shows it. Earlier reviews stay.
 * @throws ExhibitError NOT_FOUND, USAGE, LEDGER_...
 */
export async function review(
  id: string,
  flags: ReviewFlags & PlaceFlags,
  context: Context,
): Promise<ExitCode> {
  const folder = folderOf(flags, context);
  const ledger = await openWriter(folder, context);
  try {
    const item = (await manualItems(ledger)).find(({ record_id }) => record_id === id.toLowerCase());
    if (item === undefined)
      throw new ExhibitError('NOT_FOUND', `the log has no manual evidence ${id}`, {
        hint: 'exhibit manual list shows their records.',
      });
    await recordAct(ledger, reviewDraft(item, flags, folder, context));
    await remember(ledger, context);
    const today = dayOf(context.clock());
    await show(ledger, ({ record_id }) => record_id === item.record_id, today, flags.output, context);
    return EXIT.ok;
  } finally {
    await ledger.close();
  }
}
