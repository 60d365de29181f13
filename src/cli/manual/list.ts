import { dayOf } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { type WithinFlags, within } from '../engagement/within.ts';
import { folderOf, readingFolder } from '../evidence/place.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { tellGenerated } from '../generated.ts';
import { controlOf } from '../scope/control.ts';
import { checkDay, type PlaceFlags } from './common.ts';
import { show } from './show.ts';

export interface ListFlags extends WithinFlags, Pick<PlaceFlags, 'evidence' | 'output'> {
  on?: string;
  aiSystem?: string;
}

/** Lists manual evidence, also what was replaced, failed or is stale. @throws ExhibitError USAGE, LEDGER_... */
export async function list(given: ListFlags, context: Context): Promise<ExitCode> {
  const folder = folderOf(given, context);
  const flags = await within(given, folder, context, { what: 'manual evidence' });
  const wanted = controlOf(flags);
  const today = dayOf(context.clock());
  // Within an engagement: as it was when the period was over.
  const last = flags.within === undefined || flags.within.to > today ? today : flags.within.to;
  const on = flags.on === undefined ? last : checkDay('--on', flags.on);
  return readingFolder(folder, async (reader) => {
    tellGenerated(reader.origin, flags.output, context);
    await show(
      reader,
      ({ framework, control, ai_system }) =>
        (wanted.framework === undefined || framework === wanted.framework) &&
        (wanted.control === undefined || control === wanted.control) &&
        (flags.aiSystem === undefined || ai_system === flags.aiSystem),
      on,
      flags.output,
      context,
    );
    return EXIT.ok;
  });
}
