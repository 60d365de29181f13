import { type ManualItem, manualItems, stateOn } from '../../audit/index.ts';
import type { LedgerReader } from '../../ledger/index.ts';
import { plural } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { inertJson } from '../terminal/json.ts';
import { progress } from '../terminal/progress.ts';
import { sentence, table } from '../terminal/table.ts';
import { type ManualDocument, manualSchema } from './schema.ts';

export type Output = 'table' | 'json';

/** Shows items as they are on a day. */
export async function show(
  reader: LedgerReader,
  chosen: (item: ManualItem) => boolean,
  on: string,
  output: Output,
  context: Context,
): Promise<ManualDocument> {
  const bar = progress('records read', context.stderr, context.clock);
  const items = (await manualItems(reader, bar.update))
    .filter(chosen)
    .map((item) => ({ ...item, ...stateOn(on, item) }));
  bar.end();
  const count = (is: (item: (typeof items)[number]) => boolean) => items.filter(is).length;
  const { origin, size, root } = await reader.checkpoint();
  const document = manualSchema.parse({
    schemaVersion: 1,
    on,
    ledger: { origin, size, root },
    items,
    summary: {
      items: items.length,
      in_force: count(({ in_force }) => in_force),
      failed: count(({ verdict }) => verdict === 'fail'),
      not_reviewed: count(({ verdict }) => verdict === 'not_evaluated'),
      expiring: count(({ freshness }) => freshness === 'expiring'),
      stale: count(({ freshness }) => freshness === 'stale'),
      replaced: count(({ replaced_by }) => replaced_by !== undefined),
    },
  });
  context.stdout.write(output === 'json' ? `${inertJson(document, 2)}\n` : text(document, context));
  return document;
}

function text({ on, items, summary }: ManualDocument, { stdout }: Context): string {
  const out = items.map((item, at) => {
    const last = item.reviews.at(-1);
    const review =
      last === undefined
        ? 'not reviewed'
        : `${last.verdict} by ${last.reviewer} on ${last.recorded_at.slice(0, 10)}${item.reviews.length > 1 ? `, review ${item.reviews.length}` : ''}`;
    const rows = [
      [`${item.framework}/${item.control}`, item.title],
      ...(item.ai_system === undefined ? [] : [['AI system', item.ai_system]]),
      ['record', item.record_id],
      [item.form, `${item.name ?? 'a text'}, ${item.media_type}, ${item.bytes} bytes`],
      ['digest', item.digest],
      ['added', `${item.added_at} by ${item.added_by}`],
      ['review', review],
      ['valid', `until ${item.valid_until}: ${item.freshness}`],
      ...(item.supersedes === undefined ? [] : [['replaces', item.supersedes]]),
      ...(item.replaced_by === undefined ? [] : [['replaced by', item.replaced_by]]),
      ['counts', item.in_force ? 'yes, as manual evidence' : 'no'],
    ];
    return `${at === 0 ? '' : '\n'}${table(rows, stdout)}`;
  });
  const { items: all, in_force, failed, not_reviewed, expiring, stale, replaced } = summary;
  const told = `${plural(all, 'item')} on ${on}: ${in_force} in force, ${failed} failed, ${not_reviewed} not reviewed, ${expiring} expiring, ${stale} stale, ${replaced} replaced`;
  return `${out.join('')}${all === 0 ? '' : '\n'}${sentence(told, stdout)}`;
}
