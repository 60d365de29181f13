import {
  askPopulation,
  auditDraft,
  type ComparedPopulation,
  comparePopulation,
  type Population,
  RECONCILED,
  recordAct,
  type Seen,
  type SourceExport,
  sourceHere,
  targetName,
} from '../../audit/index.ts';
import { dayStart } from '../../lake/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import { gateRuns, repositoryKey } from '../../merges/index.ts';
import { ExhibitError } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { actorOf } from '../engagement/flags.ts';
import { requirePolicy, within } from '../engagement/within.ts';
import { folderOf } from '../evidence/place.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { openWriter, remember } from '../ledger/memory.ts';
import { askedOf, type ScopeFlags } from '../population/scope.ts';
import { VERSION } from '../version.ts';
import type { ReconcileFacts } from './facts.ts';
import { gateSeen, mergesOf, pipelinesOf, type SourceAsked, subjectsSeen, trailOf } from './sources.ts';
import { showReconciled } from './text.ts';
import { type ExportFile, readExports } from './values.ts';

export const SOURCE_NAMES = ['github-merges', 'gitlab-merges', 'pipelines', 'cloudtrail'] as const;
export type SourceName = (typeof SOURCE_NAMES)[number];

export interface ReconcileFlags extends ScopeFlags {
  repository?: string;
  branch: string[];
  workflow: string[];
  covers?: string;
  output: 'table' | 'json';
}

/**
 * Compares a population with what another system says happened, and records the result. Exit 1: something happened that the log has nothing
 * of; 3: nothing was compared, or the export does not say all.
 * @throws ExhibitError USAGE, INPUT_..., LAKE_FAILED, LEDGER_..., QUERY_...
 */
export async function runReconcile(
  source: SourceName,
  files: readonly string[],
  flags: ReconcileFlags,
  context: Context,
): Promise<ExitCode> {
  const folder = folderOf(flags, context);
  const inside = await within(flags, folder, context);
  const { scope, target } = askedOf(inside);
  const covers = coversOf(flags.covers);
  const { from, to } = scope;
  const asked = { from, to, covers, repository: repositoryOf(source, flags), branches: flags.branch };
  const exports = await readExports(files, context.cwd);
  const told = toldBy(source, exports, { ...asked, workflows: flags.workflow });
  const ledger = await openWriter(folder, context);
  try {
    const options = flags.most === undefined ? {} : { most: flags.most };
    const { ask } = sourceHere(ledger);
    await requirePolicy(inside, ask);
    const population = await askPopulation(ask, { scope, target, unit: 'record' }, options);
    const seen = await seenBy(source, ledger, population, { ...asked, workflows: flags.workflow });
    const found = comparePopulation(told, seen);
    const digests = exports.map(({ digest }) => digest);
    const part = { population, from: told, found, digests, covers };
    const by = {
      ...(inside.within === undefined ? {} : { engagement: inside.within.engagement }),
      actor: actorOf(folder, flags, context),
    };
    const recorded = await record(ledger, part, by, context);
    const exit_code = exitOf(found);
    showReconciled({ ...part, recorded, exit_code }, flags.output, context);
    return exit_code;
  } finally {
    await ledger.close();
  }
}

function exitOf({ only_source, both, unread }: ComparedPopulation): ExitCode {
  if (only_source.length > 0) return EXIT.violation;
  // Where nothing was compared, nothing is missing, and that is no good news.
  return both.length === 0 || unread.length > 0 ? EXIT.incomplete : EXIT.ok;
}

function toldBy(source: SourceName, files: readonly ExportFile[], asked: SourceAsked): SourceExport {
  switch (source) {
    case 'github-merges':
      return mergesOf('github', files, asked);
    case 'gitlab-merges':
      return mergesOf('gitlab', files, asked);
    case 'pipelines':
      return pipelinesOf(files, asked);
    case 'cloudtrail':
      return trailOf(files, asked);
  }
}

async function seenBy(
  source: SourceName,
  ledger: Ledger,
  { rows }: Population,
  asked: SourceAsked,
): Promise<Seen[]> {
  if (source === 'cloudtrail') return subjectsSeen(rows);
  return gateSeen(await gateRuns(ledger), rows, asked);
}

function repositoryOf(source: SourceName, { repository }: ReconcileFlags): string {
  if (source === 'cloudtrail') return '';
  const key = repositoryKey(repository ?? '');
  if (key.split('/').length >= 3) return key;
  throw new ExhibitError('USAGE', `--repository ${repository ?? ''} is not host/owner/name`, {
    hint: 'Such as github.com/example/shop: as run records name it.',
  });
}

function coversOf(text: string | undefined): SourceAsked['covers'] {
  if (text === undefined) return undefined;
  const [from = '', to = '', ...more] = text.split('..');
  if (more.length === 0 && dayStart(from) <= dayStart(to)) return { from, to };
  throw new ExhibitError('USAGE', `--covers ${text} is no period`, {
    hint: 'Such as 2026-01-01..2026-03-31.',
  });
}

/** Most ids that stand in the record; the export, whose digest is there, has all. */
const MOST = 50;

async function record(
  ledger: Ledger,
  { population, from, found, digests, covers }: Omit<ReconcileFacts, 'recorded' | 'exit_code'>,
  by: { engagement?: string; actor: string },
  context: Context,
): Promise<ReconcileFacts['recorded']> {
  const { scope, target, digest, items } = population;
  const { both, only_source, only_log, without_item, unread } = found;
  const draft = auditDraft(
    {
      type: 'query',
      kind: RECONCILED,
      ...by,
      message: `population of ${targetName(scope, target)}, ${scope.from} to ${scope.to}, compared with ${from.source}: ${only_source.length} only there`,
      details: {
        ...scope,
        ...target,
        source: from.source,
        population: items.length,
        population_digest: digest,
        both: both.length,
        without_item,
        only_source: only_source.length,
        only_log: only_log.length,
        unknown: unread.length,
        ...(covers === undefined ? {} : { covers_said: covers }),
        left: from.left.slice(0, MOST).map(({ reason, count }) => ({ reason: reason.slice(0, 256), count })),
        mismatches: only_source.slice(0, MOST).map(({ id }) => id.slice(0, 512)),
        ...(only_source.length > MOST ? { mismatches_not_listed: only_source.length - MOST } : {}),
        exports: digests.slice(0, MOST),
        ...(digests.length > MOST ? { exports_not_listed: digests.length - MOST } : {}),
      },
    },
    { ...context, version: VERSION },
  );
  const { record_id, log_index } = await recordAct(ledger, draft);
  await remember(ledger, context);
  return { record_id, log_index };
}
