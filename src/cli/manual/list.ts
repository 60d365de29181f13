import { openReader } from '../../ledger/index.ts';
import { dayOf } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { checkDay, evidenceOf, type PlaceFlags, splitControls } from './common.ts';
import { show } from './show.ts';

export interface ListFlags extends PlaceFlags {
  framework?: string;
  control?: string;
  on?: string;
}

/** Lists manual evidence, also what was replaced, failed or is stale. @throws ExhibitError USAGE, LEDGER_... */
export async function list(flags: ListFlags, context: Context): Promise<ExitCode> {
  const [only] = flags.control === undefined ? [] : splitControls([flags.control]);
  const on = flags.on === undefined ? dayOf(context.clock()) : checkDay('--on', flags.on);
  const reader = await openReader(evidenceOf(flags, context));
  try {
    await show(
      reader,
      ({ framework, control }) =>
        (flags.framework === undefined || framework === flags.framework) &&
        (only === undefined || (framework === only.framework && control === only.control)),
      on,
      flags.output,
      context,
    );
    return EXIT.ok;
  } finally {
    await reader.close();
  }
}
