import { type LedgerReader, openReader } from '../../ledger/index.ts';
import { ExhibitError } from '../../record/index.ts';
import {
  type Evaluated,
  evaluateFindings,
  type Finding,
  projectFindings,
  readFacts,
} from '../../respond/index.ts';
import type { Context } from '../context.ts';
import { folderOf } from '../evidence/place.ts';
import { progress } from '../terminal/progress.ts';
import { type RespondSettings, respondSettings } from './settings.ts';

export interface PlaceFlags {
  evidence?: string;
  config?: string;
}

export interface Loaded extends Evaluated {
  settings: RespondSettings;
  ledger: { origin: string; size: number; root: string };
  /** Verdicts that were read: with none, nothing was watched. */
  judged: number;
  now: number;
}

/** Findings of an evidence folder. */
export async function loadFindings(flags: PlaceFlags, context: Context): Promise<Loaded> {
  const settings = respondSettings(flags.config, context);
  const reader = await openReader(folderOf(flags, context));
  try {
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
  const { config, sources } = settings;
  const read = await readFacts(reader, { admission: config.admission, progress: bar.update });
  bar.end();
  // A clock that is behind hides nothing that the log has.
  const clock = context.clock();
  const now = read.facts.reduce((most, { recorded }) => Math.max(most, recorded), clock);
  const projection = projectFindings(read.facts, { now, groups: read.groups });
  const { findings, weaknesses } = evaluateFindings(projection, config, sources, now);
  return {
    settings,
    findings,
    weaknesses: [
      ...weaknesses,
      ...(now === clock
        ? []
        : ['the clock of this machine is behind the log: the time is that of its last record']),
      ...(read.missing_inputs === 0
        ? []
        : [`${read.missing_inputs} inputs are not in the log: owners that stand in them are not known`]),
    ],
    ledger: read.ledger,
    judged: read.judged,
    now,
  };
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
