import { findGaps, type Gaps, recordGaps } from '../../audit/index.ts';
import { ExhibitError } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { type WithinFlags, within } from '../engagement/within.ts';
import { folderOf, readingFolder } from '../evidence/place.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { tellGenerated } from '../generated.ts';
import { instantOf } from '../instant.ts';
import { openWriter, remember } from '../ledger/memory.ts';
import { progress } from '../terminal/progress.ts';
import { gapsSchema } from './schema.ts';
import { gapsText } from './text.ts';

export interface GapsFlags extends WithinFlags {
  evidence?: string;
  /** Write what was found into the log. */
  record?: boolean;
  output: 'table' | 'json';
}

/**
 * Lists what was expected and is not in the log. Exit 1 where there is a gap, 3 where nobody is expected at all: then nothing can be
 * missing, and that is no good news.
 * @throws ExhibitError LEDGER_..., USAGE
 */
export async function runGaps(given: GapsFlags, context: Context): Promise<ExitCode> {
  const folder = folderOf(given, context);
  const record = given.record === true;
  if (record && given.engagement !== undefined)
    throw new ExhibitError('USAGE', '--record is the work of the team, and not of an engagement');
  const flags = await within(given, folder, context, { what: 'gaps' });
  const bar = progress('records read', context.stderr, context.clock);
  const to = instantOf('--to', flags.to, '23:59:59.999Z') ?? context.clock();
  const options = {
    // Of a period that is not over, what was due until now.
    now: flags.within === undefined ? to : Math.min(to, context.clock()),
    ...(flags.from === undefined ? {} : { from: instantOf('--from', flags.from, '00:00:00.000Z') ?? 0 }),
    progress: bar.update,
  };
  let found: Gaps;
  let added = 0;
  if (record) {
    const ledger = await openWriter(folder, context);
    try {
      ({ found, added } = await recordGaps(ledger, options));
      await remember(ledger, context);
    } finally {
      await ledger.close();
    }
  } else {
    found = await readingFolder(folder, (reader) => findGaps(reader, options));
  }
  bar.end();
  const code = exitOf(found);
  const generated = tellGenerated(found.ledger.origin, flags.output, context);
  if (flags.output === 'json') {
    const { recorded: _, ...rest } = found;
    const report = gapsSchema.parse({ schemaVersion: 1, ...generated, ...rest, added, exit_code: code });
    context.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  } else context.stdout.write(gapsText(found, record ? added : undefined, context.stdout));
  return code;
}

function exitOf({ gaps, emitters }: Gaps): ExitCode {
  if (gaps.length > 0) return EXIT.violation;
  return emitters.length === 0 ? EXIT.incomplete : EXIT.ok;
}
