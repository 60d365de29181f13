import { z } from 'zod';
import type { QueryAnswer } from '../../lake/index.ts';
import { canonicalize, ExhibitError, LAYERS, VERDICTS } from '../../record/index.ts';

/** record: each decision is an item; subject: each thing that was judged, by policy, is one. */
export const UNITS = ['record', 'subject'] as const;
export type Unit = (typeof UNITS)[number];

const text = z.string().nullable();

/** One row of a population question. Texts are of who sent the record. */
const rowSchema = z.object({
  log_index: z.int(),
  record_id: z.string(),
  layer: z.enum(LAYERS),
  policy_id: z.string(),
  subject_type: text,
  subject_id: text,
  environment: text,
  verdict: z.enum(VERDICTS),
  disposition: text,
  run_id: text,
  repository: text,
  commit: text,
  change: text,
});
export type PopulationRow = z.infer<typeof rowSchema>;

/** Something that can be drawn. Of a subject the record is the last one about it. */
export interface Item {
  id: string;
  row: PopulationRow;
  /** Decisions behind it, and how many of them failed: what was mended later is still one that failed. */
  decisions: number;
  failed: number;
  undecided: number;
}

/** @throws ExhibitError LAKE_FAILED for a row that is none */
export function rowsOf({ columns, rows }: Pick<QueryAnswer, 'columns' | 'rows'>): PopulationRow[] {
  const names = columns.map(({ name }) => name);
  return rows.map((row) => {
    const parsed = rowSchema.safeParse(Object.fromEntries(names.map((name, at) => [name, row[at]])));
    if (parsed.success) return parsed.data;
    throw new ExhibitError('LAKE_FAILED', `a row of the population cannot be read: ${parsed.error.message}`, {
      hint: 'exhibit lake verify names the file.',
    });
  });
}

/** The items of a population, each once, by id. @throws ExhibitError LAKE_FAILED for a record that stands there twice */
export function itemsOf(rows: readonly PopulationRow[], unit: Unit): Item[] {
  const items = new Map<string, Item>();
  for (const row of rows) {
    const id = unit === 'record' ? row.record_id : subjectId(row);
    const before = items.get(id);
    if (before !== undefined && unit === 'record')
      throw new ExhibitError('LAKE_FAILED', `record ${id} stands in the population twice`, {
        hint: 'exhibit lake rebuild makes the lake anew from the log.',
      });
    items.set(id, {
      id,
      row: before === undefined || row.log_index > before.row.log_index ? row : before.row,
      decisions: (before?.decisions ?? 0) + 1,
      failed: (before?.failed ?? 0) + (row.verdict === 'fail' ? 1 : 0),
      undecided:
        (before?.undecided ?? 0) + (row.verdict === 'error' || row.verdict === 'not_evaluated' ? 1 : 0),
    });
  }
  return [...items.values()];
}

/**
 * Id of a subject: canonical JSON of policy, type, id and environment, as they are: neither case nor Unicode form is changed, so no two
 * subjects become one.
 */
function subjectId({ policy_id, subject_type, subject_id, environment }: PopulationRow): string {
  return canonicalize([policy_id, subject_type, subject_id, environment]);
}

/** Ids that a reader would take for one another: they differ by case or Unicode form only. Each stays an item of its own. */
export function lookAlikes(items: readonly Item[]): string[][] {
  const groups = Map.groupBy(items, ({ id }) => id.normalize('NFKC').toLowerCase());
  return [...groups.values()].filter((group) => group.length > 1).map((group) => group.map(({ id }) => id));
}
