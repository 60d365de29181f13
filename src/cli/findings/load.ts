import { type LedgerReader, openReader } from '../../ledger/index.ts';
import { ExhibitError } from '../../record/index.ts';
import {
  type Finding,
  type ReadFindings,
  type RespondSettings,
  readFindings,
  respondSettings,
} from '../../respond/index.ts';
import type { Context } from '../context.ts';
import { folderOf } from '../evidence/place.ts';
import { tellGenerated } from '../generated.ts';
import { progress } from '../terminal/progress.ts';

export interface PlaceFlags {
  evidence?: string;
  config?: string;
}

export interface Loaded extends ReadFindings {
  settings: RespondSettings;
}

/** Findings of an evidence folder. */
export async function loadFindings(flags: PlaceFlags, context: Context): Promise<Loaded> {
  const settings = respondSettings(flags.config, context);
  const reader = await openReader(folderOf(flags, context));
  try {
    tellGenerated(reader.origin, 'beside', context);
    return await findingsOf(reader, settings, context);
  } finally {
    await reader.close();
  }
}

/** Findings of a log that is open. */
export async function findingsOf(
  reader: LedgerReader,
  settings: RespondSettings,
  context: Context,
): Promise<Loaded> {
  const bar = progress('records read', context.stderr, context.clock);
  const found = await readFindings(reader, settings, { clock: context.clock, progress: bar.update });
  bar.end();
  return { settings, ...found };
}

/** A finding by its id, or by the beginning of it where no other begins so. @throws ExhibitError NOT_FOUND */
export function findFinding(findings: readonly Finding[], id: string): Finding {
  const exact = findings.find((each) => each.id === id);
  const begin = findings.filter((each) => id.length >= 4 && each.id.startsWith(id));
  const found = exact ?? (begin.length === 1 ? begin[0] : undefined);
  if (found !== undefined) return found;
  throw new ExhibitError(
    'NOT_FOUND',
    begin.length > 1 ? `${begin.length} findings begin with ${id}` : `there is no finding ${id}`,
    { hint: 'exhibit findings list shows them.' },
  );
}
