import { inList, rowsWhereWhole } from '../../lake/index.ts';
import { Blocks, type LedgerReader } from '../../ledger/index.ts';
import type { Layer } from '../../record/index.ts';
import { parseEntry } from './fact.ts';

/** Where in a log that stands which findings are made of. */
export interface Places {
  blocks: Blocks;
  /** Subjects that failed at these layers, once or more. */
  failed: Set<string>;
  /** Verdicts at these layers. */
  judged: number;
}

/** Canonical JSON has no white space, and quotes within texts are escaped: a mark is found nowhere else. */
const MARKS = {
  decision: Buffer.from('"record_type":"decision"'),
  fail: Buffer.from('"verdict":"fail"'),
};
const markOf = (layer: Layer) => Buffer.from(`"layer":"${layer}"`);
const TYPES = ['response', 'override', 'policy'] as const;

/** Whether an entry is one that findings are made of, by its bytes. */
export function wantedBy(layers: readonly Layer[]): (bytes: Buffer) => boolean {
  const marks = [...layers.map(markOf), ...TYPES.map((type) => Buffer.from(`"record_type":"${type}"`))];
  return (bytes) => marks.some((mark) => bytes.includes(mark));
}

/** Reads each entry of the log. */
export async function placesByLog(
  reader: Pick<LedgerReader, 'entries'>,
  size: number,
  layers: readonly Layer[],
  tick: () => void,
): Promise<Places> {
  const places: Places = { blocks: new Blocks(), failed: new Set(), judged: 0 };
  const wanted = wantedBy(layers);
  const marks = layers.map(markOf);
  for await (const { index, bytes } of reader.entries(0, size)) {
    tick();
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    if (!wanted(buffer)) continue;
    places.blocks.add(index);
    if (!buffer.includes(MARKS.decision) || !marks.some((mark) => buffer.includes(mark))) continue;
    places.judged += 1;
    if (!buffer.includes(MARKS.fail)) continue;
    const record = parseEntry(JSON.parse(buffer.toString()));
    if (record.subject_id !== undefined) places.failed.add(record.subject_id);
  }
  return places;
}

/**
 * Asks the lake, whose files are compared byte for byte with their manifests; open days come from the log.
 * @returns undefined where the lake does not have all of it: what is not known is to be read
 */
export async function placesByLake(
  reader: LedgerReader,
  size: number,
  layers: readonly Layer[],
): Promise<Places | undefined> {
  const at = `layer IN ${inList(layers)} AND log_index < ${size}`;
  const fails = `SELECT subject_id FROM fact WHERE record_type = 'decision' AND verdict = 'fail' AND subject_id IS NOT NULL AND ${at}`;
  // One question, so that each file is compared with its manifest once.
  const rows = await rowsWhereWhole(
    reader,
    `SELECT 'judged' AS what, CAST(count(*) AS varchar) AS value FROM fact WHERE record_type = 'decision' AND ${at}
UNION ALL SELECT DISTINCT 'failed', subject_id FROM (${fails}) AS failed
UNION ALL SELECT DISTINCT 'leaf', CAST(log_index - (log_index % ${Blocks.LEAVES}) AS varchar)
FROM fact
WHERE (record_type IN ${inList(TYPES)} AND log_index < ${size}) OR (${at} AND subject_id IN (${fails}))`,
  );
  if (rows === undefined) return undefined;
  const of = (kind: string) => rows.flatMap(([what, value]) => (what === kind ? [String(value)] : []));
  const blocks = new Blocks();
  for (const leaf of of('leaf')
    .map(Number)
    .sort((a, b) => a - b))
    blocks.add(leaf);
  return { blocks, failed: new Set(of('failed')), judged: Number(of('judged')[0]) };
}
