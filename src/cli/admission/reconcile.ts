import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import {
  admissionRuns,
  type Expectation,
  type Reconciliation,
  readExpectation,
  receivedWrites,
  reconcile,
  reconciliationRecords,
  type Told,
} from '../../audit/index.ts';
import { type LedgerReader, openReader } from '../../ledger/index.ts';
import {
  ExhibitError,
  formatInstant,
  isExhibitError,
  parseRecord,
  type RecordDraft,
} from '../../record/index.ts';
import { webhookConfiguration } from '../../server/index.ts';
import type { Context } from '../context.ts';
import { actorReference } from '../evidence/actors.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { instantOf } from '../instant.ts';
import { openWriter, remember } from '../ledger/memory.ts';
import { progress } from '../terminal/progress.ts';
import { VERSION } from '../version.ts';
import { readAuditFiles } from './audit-files.ts';
import { showReconciliation } from './reconcile-text.ts';

export interface ReconcileFlags {
  webhook?: string;
  exempt: string[];
  deletes?: boolean;
  from?: string;
  to?: string;
  emitter: string;
  auditEmitter: string;
  record?: boolean;
  output: 'table' | 'json';
}

const DAY = 86_400_000;
/** How far the clocks and the ends of both logs may lie apart. */
const SLACK = 60_000;

/**
 * Compares the audit log of an API server with the records of the webhook. Exit 1: something was admitted without a record; 3: nothing was
 * compared, or one of both sides is not complete.
 * @throws ExhibitError USAGE, CONFIG_INVALID, INPUT_..., LEDGER_..., BLOB_...
 */
export async function reconcileAdmission(
  evidence: string,
  files: readonly string[],
  flags: ReconcileFlags,
  context: Context,
): Promise<ExitCode> {
  const folder = resolve(context.cwd, evidence);
  const expected = await expectationOf(flags, context);
  const to = instantOf('--to', flags.to, '23:59:59.999Z') ?? context.clock();
  const from = instantOf('--from', flags.from, '00:00:00.000Z') ?? to - DAY;
  if (from >= to)
    throw new ExhibitError('USAGE', 'the period ends before it begins', { hint: 'Give --from before --to.' });
  const bar = progress('records read', context.stderr, context.clock);
  const reader = await openReader(folder);
  const reference = (name: string) =>
    actorReference(folder, `kubernetes ${name.slice(0, 1_000)}`, context.random);
  let told: Told & { problems: string[] };
  let found: Reconciliation;
  try {
    // A day before the period, so that what happened to the configuration before it is known.
    told =
      files.length > 0
        ? await readAuditFiles(files, remembered(reference), context)
        : await received(reader, { from: from - DAY, to, emitter: flags.auditEmitter }, bar.update);
    const runs = await admissionRuns(reader, from - SLACK, flags.emitter, bar.update);
    found = reconcile(told, runs, { expected, from, to, recordedUntil: await endOf(reader), slack: SLACK });
  } finally {
    await reader.close();
    bar.end();
  }
  const source = files.length > 0 ? 'files' : 'batches';
  const added =
    flags.record === true
      ? await record(
          found,
          { from, to, source, version: VERSION, now: formatInstant(context.clock()) },
          folder,
          context,
        )
      : 0;
  const code = exitOf(found, told.problems);
  const shown = { from: formatInstant(from), to: formatInstant(to), source, found, problems: told.problems };
  showReconciliation(shown, { added, code }, flags, context);
  return code;
}

async function received(
  reader: LedgerReader,
  range: { from: number; to: number; emitter: string },
  update: (done: number, total: number) => void,
): Promise<Told & { problems: string[] }> {
  const { batches, unreadable, ...rest } = await receivedWrites(reader, range, update);
  const problems =
    batches === 0
      ? ['the log has no audit events of the period: let the API server send them, or name audit logs']
      : [];
  for (const id of unreadable) problems.push(`the list of writes of record ${id} is none`);
  return { ...rest, problems };
}

/** The configuration that is meant to be in the cluster: of a file, or as `exhibit admission webhook` makes it. */
async function expectationOf(
  { webhook, exempt, deletes }: ReconcileFlags,
  { cwd }: Context,
): Promise<Expectation> {
  if (webhook === undefined) {
    const place = { url: 'https://exhibit' };
    return readExpectation(
      webhookConfiguration({ place, failure: 'Fail', exempt, timeout: 5, deletes: deletes === true }),
    );
  }
  if (exempt.length > 0 || deletes === true)
    throw new ExhibitError('USAGE', '--webhook says what is exempt and whether deletions are judged', {
      hint: 'Leave --exempt and --deletes out.',
    });
  const text = await readFile(resolve(cwd, webhook), 'utf8').catch((cause: unknown) => {
    throw new ExhibitError('NOT_FOUND', `${webhook} cannot be read`, { cause });
  });
  try {
    return readExpectation(parse(text));
  } catch (cause) {
    if (isExhibitError(cause)) throw cause;
    throw new ExhibitError('CONFIG_INVALID', 'it is not YAML', { cause, location: { file: webhook } });
  }
}

function remembered(reference: (name: string) => string): (name: string) => string {
  const known = new Map<string, string>();
  return (name) => {
    const one = known.get(name) ?? reference(name);
    known.set(name, one);
    return one;
  };
}

/** When the last record of the log was taken: a run that came later is not in it. */
async function endOf(reader: LedgerReader): Promise<number> {
  const { size } = await reader.checkpoint();
  return size === 0 ? 0 : Date.parse(parseRecord((await reader.entry(size - 1)).bytes).recorded_at);
}

async function record(
  found: Reconciliation,
  options: Parameters<typeof reconciliationRecords>[1],
  folder: string,
  context: Context,
): Promise<number> {
  const ledger = await openWriter(folder, context);
  try {
    const added: RecordDraft[] = [];
    for (const record of reconciliationRecords(found, options))
      if ((await ledger.find(record.record_id)) === undefined) added.push(record);
    if (added.length > 0) {
      await ledger.appendNumbered(added);
      await ledger.seal();
    }
    await remember(ledger, context);
    return added.length;
  } finally {
    await ledger.close();
  }
}

function exitOf(
  { lost, bypassed, population, later, unnamed }: Reconciliation,
  problems: readonly string[],
): ExitCode {
  if (lost.length > 0 || bypassed.length > 0) return EXIT.violation;
  // Where nothing was asked about, nothing is missing, and that is no good news.
  return population === 0 || later > 0 || unnamed.length > 0 || problems.length > 0
    ? EXIT.incomplete
    : EXIT.ok;
}
