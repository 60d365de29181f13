import { isVerified, type JudgedChange } from '../../merges/index.ts';
import { plural } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { inertJson } from '../terminal/json.ts';
import { sentence, table } from '../terminal/table.ts';
import type { MergesDocument } from './schema.ts';

export interface Imported {
  /** Words of a log that was made up. */
  generated?: string;
  repository: string;
  source: string;
  judged: readonly JudgedChange[];
  left: readonly { reason: string; count: number }[];
  unread: readonly string[];
}

/** The number of changes first: no bypass says nothing without how many were looked at. */
export function show(imported: Imported, output: 'table' | 'json', { stdout, stderr }: Context): void {
  if (output === 'json') {
    stdout.write(`${inertJson(document(imported), 2)}\n`);
    return;
  }
  const { judged, left, unread, repository } = imported;
  const of = (verdict: JudgedChange['verdict']) => judged.filter((each) => each.verdict === verdict);
  const [gated, bypassed, unknown] = [of('pass'), of('fail'), of('not_evaluated')];
  const verified = gated.filter(({ gate }) => gate !== undefined && isVerified(gate.level)).length;
  const counts = `${repository}: ${plural(judged.length, 'merged change')} looked at, ${gated.length} with a clean run before the merge (${verified} of a verified emitter), ${bypassed.length} past the gate, ${unknown.length} unknown.`;
  stdout.write(sentence(counts, stdout));
  const rows = [...bypassed, ...unknown].map(({ change, kind, message }) => [
    kind ?? 'unknown',
    change.url,
    change.merged_at,
    message,
  ]);
  if (rows.length > 0) stdout.write(table(rows, stdout));
  for (const { reason, count } of left)
    stderr.write(sentence(`not looked at: ${plural(count, 'change')} ${reason}`, stderr));
  for (const each of unread) stderr.write(sentence(`not read: ${each}`, stderr));
}

function document({ generated, repository, source, judged, left, unread }: Imported): MergesDocument {
  const count = (verdict: JudgedChange['verdict']) =>
    judged.filter((each) => each.verdict === verdict).length;
  return {
    schemaVersion: 1,
    ...(generated === undefined ? {} : { generated }),
    repository,
    source,
    looked_at: judged.length,
    gated: count('pass'),
    gated_verified: judged.filter(({ verdict, gate }) => verdict === 'pass' && isVerified(gate?.level ?? ''))
      .length,
    bypassed: count('fail'),
    unknown: count('not_evaluated'),
    changes: judged.map(({ change, verdict, kind, message, causes, gate, policies, refused }) => ({
      url: change.url,
      branch: change.branch,
      commit: change.head,
      merged_at: change.merged_at,
      verdict,
      ...(kind === undefined ? {} : { kind }),
      message,
      causes,
      policies,
      ...(gate === undefined ? {} : { run: { record_id: gate.record_id, level: gate.level } }),
      refused: refused.map(({ run, why }) => ({ record_id: run.record_id, level: run.level, why })),
    })),
    not_looked_at: [...left],
    unread: [...unread],
  };
}
