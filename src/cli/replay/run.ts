import { resolve } from 'node:path';
import {
  auditDraft,
  byId,
  ofScope,
  pageData,
  parseScope,
  plainDetails,
  Replay,
  type Replayed,
  recordActs,
  ruleText,
  type Scope,
  type Selected,
  type Selection,
} from '../../audit/index.ts';
import type { LogReader } from '../../ledger/index.ts';
import type { Digest } from '../../record/index.ts';
import { ExhibitError } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { actorOf } from '../engagement/flags.ts';
import { type Within, type WithinFlags, within } from '../engagement/within.ts';
import { mustBeFolder, placeOf, readingAt } from '../evidence/place.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { tellGenerated } from '../generated.ts';
import { writing } from '../ledger/memory.ts';
import { controlOf } from '../scope/control.ts';
import { inertJson } from '../terminal/json.ts';
import { progress } from '../terminal/progress.ts';
import { printable } from '../terminal/text.ts';
import { VERSION } from '../version.ts';
import { bundleKeys } from './keys.ts';
import { recordAsked } from './read.ts';
import { rowOf } from './row.ts';
import { type ReplayReport, type ReplayRow, replaySchema } from './schema.ts';
import { headText, rowText, rulesText, tailText } from './text.ts';

export interface ReplayFlags extends WithinFlags {
  evidence?: string | undefined;
  limit?: number | undefined;
  all: boolean;
  bundleKeys: readonly string[];
  /** The text of the rules, too. */
  show: boolean;
  /** Write into the log that it was done, with the counts. */
  record: boolean;
  /** A file for a page that performs them again in a browser. */
  page?: string | undefined;
  output: 'table' | 'json';
}

/**
 * Performs recorded decisions again. Exit 1 where one differs, 3 where one could not be performed again, 0 only where all are the same.
 * @throws ExhibitError USAGE, LEDGER_...
 */
export async function runReplay(
  ids: readonly string[],
  given: ReplayFlags,
  context: Context,
): Promise<ExitCode> {
  const folder = placeOf(given, context);
  const flags = await within(given, folder, context);
  const scope = scopeOf(ids, given.engagement === undefined || ids.length === 0 ? flags : given);
  if (flags.record) mustBeFolder(folder);
  return readingAt(folder, flags, context, async (reader) => {
    // The log as it is now: what is put on record of this read makes it longer.
    await reader.hold();
    tellGenerated(reader.origin, flags.output, context);
    const ledger = await reader.checkpoint();
    const recorded = flags.record || flags.within !== undefined;
    const must = { must: flags.record, context };
    const read = recorded ? await recordAsked(folder, { ids, scope, ledger }, flags, must) : undefined;
    const keys = bundleKeys(flags.bundleKeys, context.cwd);
    const replay = new Replay({ reader, size: ledger.size, keys, version: VERSION });
    const tally = new Tally();
    const selected: Selected = { decisions: 0, unknown: 0, left_out: 0 };
    const out = new Output(flags.output, context, scope === undefined);
    out.head({
      ledger: { origin: ledger.origin, size: ledger.size, root: ledger.root },
      ...(scope && { scope }),
    });
    const rules: NonNullable<ReplayReport['rules']> = [];
    try {
      const all: Replayed[] = [];
      for await (const replayed of replay.perform(
        askedOf(reader, { ids, scope, within: flags.within?.scope }, selected, context),
      )) {
        tally.add(replayed);
        if (flags.show) await addRules(rules, replayed, replay);
        if (flags.page !== undefined) all.push(replayed);
        out.row(rowOf(replayed));
      }
      if (flags.page !== undefined) await pageOf(flags.page, all, { replay, reader, context });
    } finally {
      await replay.close();
    }
    // What was left out because it may be of another framework was not performed.
    const code = selected.left_out > 0 && tally.code === EXIT.ok ? EXIT.incomplete : tally.code;
    const { left_out: _, ...population } = selected;
    const tail = {
      ...(scope === undefined
        ? {}
        : { population: { ...population, not_asked: selected.decisions - tally.counts.asked } }),
      bundles: replay.bundles.map(({ signed_by, ...bundle }) => ({
        ...bundle,
        ...(signed_by && { signed_by }),
      })),
      counts: tally.counts,
      ...(flags.show ? { rules } : {}),
      exit_code: code,
    };
    if (flags.record) await recordResult(folder, { ...tail, read }, flags, context);
    out.tail(tail);
    return code;
  });
}

/** @throws ExhibitError USAGE */
function scopeOf(ids: readonly string[], flags: ReplayFlags): Selection | undefined {
  const { framework, control } = controlOf(flags);
  const { from, to, limit, all } = flags;
  const named = [framework, control, from, to, limit].some((each) => each !== undefined) || all;
  const hint =
    'Examples: exhibit replay RECORD_ID; exhibit replay --framework soc2 --from 2026-01-01 --to 2026-03-31 --all';
  if (ids.length > 0) {
    if (named) throw new ExhibitError('USAGE', 'either records or a scope, not both', { hint });
    return undefined;
  }
  if (framework === undefined || from === undefined || to === undefined)
    throw new ExhibitError('USAGE', 'which decisions? Name records, or --framework, --from and --to', {
      hint,
    });
  if (all === (limit !== undefined))
    throw new ExhibitError('USAGE', 'how many of the scope? Either --limit N or --all', { hint });
  return {
    ...parseScope({ framework, from, to }),
    ...(control === undefined ? {} : { control }),
    ...(limit === undefined ? {} : { limit }),
  };
}

function askedOf(
  reader: LogReader,
  asked: { ids: readonly string[]; scope: Selection | undefined; within: Scope | undefined },
  selected: Selected,
  { stderr, clock }: Context,
) {
  const { ids, scope, within: only } = asked;
  if (scope === undefined) return byId(reader, ids, only);
  const bar = progress('records', stderr, clock);
  return ofScope(reader, { ...scope, known: only !== undefined }, selected, (done, of) => {
    bar.update(done, of);
    if (done === of) bar.end();
  });
}

async function pageOf(
  file: string,
  all: readonly Replayed[],
  { replay, reader, context }: { replay: Replay; reader: LogReader; context: Context },
): Promise<void> {
  const { replayPage, writePage } = await import('./page.ts');
  const text = replayPage(await pageData(replay, all, { reader, version: VERSION }));
  await writePage(resolve(context.cwd, file), text);
  context.stderr.write(`${printable(file)}: open it in a browser\n`);
}

async function addRules(
  rules: NonNullable<ReplayReport['rules']>,
  { entry }: Replayed,
  { shelf }: Replay,
): Promise<void> {
  const { policy_id, bundle_digest } = entry?.record ?? {};
  if (policy_id === undefined || bundle_digest === undefined) return;
  if (rules.some((each) => each.policy_id === policy_id && each.bundle_digest === bundle_digest)) return;
  const loaded = await shelf.get(bundle_digest as Digest);
  if ('bundle' in loaded) rules.push({ policy_id, bundle_digest, files: ruleText(loaded.bundle, policy_id) });
}

/** Counts of outcomes, and the exit code that follows from them. */
class Tally {
  readonly counts: ReplayReport['counts'] = { asked: 0, same: 0, differs: 0, cannot: 0, reasons: {} };

  add(replayed: Replayed): void {
    this.counts.asked += 1;
    this.counts[replayed.outcome] += 1;
    if (replayed.outcome !== 'cannot') return;
    this.counts.reasons[replayed.reason] = (this.counts.reasons[replayed.reason] ?? 0) + 1;
  }

  get code(): ExitCode {
    const { asked, same, differs } = this.counts;
    if (differs > 0) return EXIT.violation;
    return asked > 0 && same === asked ? EXIT.ok : EXIT.incomplete;
  }
}

/** A table of a scope lists what an auditor has to look at; policies that found nothing are counted below it. */
const isListed = ({ outcome, reason }: ReplayRow) => outcome !== 'same' && reason !== 'nothing_judged';

/** Writes as it goes: a scope may have millions of decisions. */
class Output {
  readonly #json: boolean;
  readonly #stdout: Context['stdout'];
  readonly #width: number;
  readonly #each: boolean;
  #head: Pick<ReplayReport, 'ledger' | 'scope'> | undefined;
  #rows = 0;

  /** @param each list every one, also those that are the same */
  constructor(output: ReplayFlags['output'], { stdout }: Context, each: boolean) {
    this.#json = output === 'json';
    this.#stdout = stdout;
    this.#width = Math.min(stdout.columns, 80);
    this.#each = each;
  }

  head(head: Pick<ReplayReport, 'ledger' | 'scope'>): void {
    this.#head = head;
    if (this.#json)
      this.#stdout.write(`${inertJson({ schemaVersion: 1, ...head }, 2).slice(0, -2)},\n  "results": [`);
    else this.#lines([...headText(head), '']);
  }

  row(row: ReplayRow): void {
    if (this.#json) this.#stdout.write(`${this.#rows === 0 ? '' : ','}\n    ${inertJson(row)}`);
    else if (this.#each || isListed(row)) this.#lines(rowText(row, this.#width));
    this.#rows += 1;
  }

  tail(tail: Omit<ReplayReport, 'schemaVersion' | 'ledger' | 'scope' | 'results'>): void {
    if (this.#json) {
      // As it is published, without the results, which were written.
      replaySchema.parse({ schemaVersion: 1, ...this.#head, results: [], ...tail });
      this.#stdout.write(`\n  ],\n${inertJson(tail, 2).slice(2)}\n`);
      return;
    }
    const report = { schemaVersion: 1 as const, ...(this.#head as Pick<ReplayReport, 'ledger'>), ...tail };
    this.#lines([
      ...(tail.rules === undefined ? [] : rulesText(tail.rules)),
      ...tailText(report, this.#width),
    ]);
  }

  #lines(lines: readonly string[]): void {
    this.#stdout.write(lines.map((line) => `${line}\n`).join(''));
  }
}

/** What came out, under the record of what was asked for. */
async function recordResult(
  folder: string,
  { counts, population, read }: Pick<ReplayReport, 'counts' | 'population'> & { read: string | undefined },
  flags: Within<ReplayFlags>,
  context: Context,
): Promise<void> {
  const { clock, random } = context;
  const details = plainDetails({ read, counts, population });
  const message = `decisions performed again: ${counts.asked}; same ${counts.same}, differ ${counts.differs}, cannot ${counts.cannot}`;
  const draft = auditDraft(
    {
      ...{ type: 'query', kind: 'decisions replayed', message, details },
      ...(flags.within === undefined ? {} : { engagement: flags.within.engagement }),
      actor: actorOf(folder, flags, context),
    },
    { clock, random, version: VERSION },
  );
  await writing(folder, context, (ledger) => recordActs(ledger, [draft]));
}
