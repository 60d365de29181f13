import { compareSaved, type InLog, keptRows, readSaved, recordAct, requestAgain } from '../../audit/index.ts';
import { openReader } from '../../ledger/index.ts';
import type { Context } from '../context.ts';
import { requireInside, type Within } from '../engagement/within.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { tellGenerated } from '../generated.ts';
import { writing } from '../ledger/memory.ts';
import { inertJson } from '../terminal/json.ts';
import type { QueryFlags } from './flags.ts';
import { answerHere } from './here.ts';
import { type RerunDocument, rerunSchema } from './rerun-schema.ts';
import { rerunText } from './rerun-text.ts';
import { mustTake, queryDraft } from './save.ts';

/**
 * Asks a saved answer again, over the records that there were then. Exit 0 where it is the same and complete, 1 where it changed, 3
 * where it is the same and was not complete either.
 * @throws ExhibitError NOT_FOUND, USAGE, and what asking throws
 */
export async function rerun(
  id: string,
  folder: string,
  flags: Within<QueryFlags>,
  context: Context,
): Promise<ExitCode> {
  mustTake([folder]);
  const reader = await openReader(folder);
  const { saved, log_index, recorded_at, actor } = await readSaved(reader, id.toLowerCase());
  const { framework = '', period, read } = saved;
  if (flags.within !== undefined)
    for (const days of [period, read]) requireInside(flags.within, { framework, ...days });
  const { request, reworded } = requestAgain(saved);
  const sizes = [saved.ledger.size];
  const again =
    saved.engine === 'duckdb'
      ? await answerHere([folder], request, { ...flags, auditor: false }, context, sizes)
      : await (await import('./remote.ts')).answerRemote(
          folder,
          request,
          { ...flags, engine: saved.engine },
          context,
          sizes,
        );
  const kept = saved.rows_digest === undefined ? undefined : keptRows(await reader.blob(saved.rows_digest));
  await reader.close();
  const compared = compareSaved(saved, again, kept, reworded);
  const { outcome, changes, rows, limits } = compared;
  const code = outcome === 'changed' ? EXIT.violation : again.coverage.complete ? EXIT.ok : EXIT.incomplete;
  const recorded = flags.save === undefined ? undefined : await record(id, folder, compared, flags, context);
  const generated = tellGenerated(reader.origin, flags.output, context);
  const document: RerunDocument = {
    schemaVersion: 1,
    ...generated,
    saved: {
      record_id: id.toLowerCase(),
      log_index,
      recorded_at,
      ...(actor === undefined ? {} : { actor }),
      name: saved.name,
      query: { name: saved.query.name, text: saved.query.text, parameters: saved.query.parameters },
      engine: saved.engine,
      ledger: saved.ledger,
      complete: saved.coverage.complete,
      row_count: saved.row_count,
      result_digest: saved.result_digest,
      rows_kept: kept !== undefined,
    },
    outcome,
    changes,
    again: {
      complete: again.coverage.complete,
      row_count: again.row_count,
      result_digest: again.result_digest,
    },
    ...(rows === undefined ? {} : { rows: { gone: plain(rows.gone), come: plain(rows.come) } }),
    limits,
    ...(recorded === undefined ? {} : { recorded }),
    exit_code: code,
  };
  rerunSchema.parse(document);
  context.stdout.write(
    flags.output === 'json' ? `${inertJson(document, 2)}\n` : rerunText(document, context.stdout),
  );
  return code;
}

type Rows = NonNullable<RerunDocument['rows']>['gone'];
const plain = (rows: readonly { digest: string; row: readonly unknown[] }[]): Rows =>
  rows.map(({ digest, row }) => ({ digest, row: row as Rows[number]['row'] }));

async function record(
  id: string,
  folder: string,
  { outcome, changes, rows }: ReturnType<typeof compareSaved>,
  { as, within }: Within<QueryFlags>,
  context: Context,
): Promise<InLog> {
  const details = {
    saved: id.toLowerCase(),
    outcome,
    changes: changes.length,
    first_changes: changes.slice(0, 10).map((one) => one.slice(0, 500).toWellFormed()),
    ...(rows === undefined ? {} : { rows_gone: rows.gone.length, rows_come: rows.come.length }),
  };
  const message = `ran a saved answer again: ${outcome}`;
  const draft = queryDraft(
    { kind: 'query run again', message, details, engagement: within?.engagement },
    folder,
    as,
    context,
  );
  return writing(folder, context, (ledger) => recordAct(ledger, draft));
}
