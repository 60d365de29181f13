import { resolve } from 'node:path';
import { findGaps, type Gaps, recordGaps } from '../../audit/index.ts';
import { openReader } from '../../ledger/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { instantOf } from '../instant.ts';
import { openWriter, remember } from '../ledger/memory.ts';
import { progress } from '../terminal/progress.ts';
import { gapsSchema } from './schema.ts';
import { gapsText } from './text.ts';

export interface GapsFlags {
  from?: string;
  to?: string;
  /** Write what was found into the log. */
  record: boolean;
  output: 'table' | 'json';
}

/**
 * Lists what was expected and is not in the log. Exit 1 where there is a gap, 3 where nobody is expected at all: then nothing can be
 * missing, and that is no good news.
 * @throws ExhibitError LEDGER_..., USAGE
 */
export async function runGaps(evidence: string, flags: GapsFlags, context: Context): Promise<ExitCode> {
  const folder = resolve(context.cwd, evidence);
  const bar = progress('records read', context.stderr, context.clock);
  const options = {
    now: instantOf('--to', flags.to, '23:59:59.999Z') ?? context.clock(),
    ...(flags.from === undefined ? {} : { from: instantOf('--from', flags.from, '00:00:00.000Z') ?? 0 }),
    progress: bar.update,
  };
  let found: Gaps;
  let added = 0;
  if (flags.record) {
    const ledger = await openWriter(folder, context);
    try {
      ({ found, added } = await recordGaps(ledger, options));
      await remember(ledger, context);
    } finally {
      await ledger.close();
    }
  } else {
    const reader = await openReader(folder);
    found = await findGaps(reader, options);
    await reader.close();
  }
  bar.end();
  const code = exitOf(found);
  if (flags.output === 'json') {
    const { recorded: _, ...rest } = found;
    const report = gapsSchema.parse({ schemaVersion: 1, ...rest, added, exit_code: code });
    context.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  } else context.stdout.write(gapsText(found, flags.record ? added : undefined, context.stdout));
  return code;
}

function exitOf({ gaps, emitters }: Gaps): ExitCode {
  if (gaps.length > 0) return EXIT.violation;
  return emitters.length === 0 ? EXIT.incomplete : EXIT.ok;
}
