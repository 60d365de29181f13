import { z } from 'zod';
import { matchesGlob } from '../../engine/index.ts';
import { entriesWhere, type WhereOptions } from '../../lake/index.ts';
import type { LogReader } from '../../ledger/index.ts';
import { formatInstant } from '../../record/index.ts';

/** A run of the webhook: what it was asked about, by its record. */
export interface AdmissionRun {
  run_id: string;
  record_id: string;
  /** Unix milliseconds: when it was judged. */
  time: number;
  operation: string;
  group: string;
  resource: string;
  subresource?: string;
  namespace?: string;
  name?: string;
}

const MARK = Buffer.from('"record_type":"run"');
const JUDGED = "layer = 'admission'";
const record = z.object({
  record_type: z.literal('run'),
  layer: z.literal('admission'),
  record_id: z.string(),
  run_id: z.string(),
  emitter: z.string(),
  observed_at: z.string(),
  ext: z.string(),
});
const told = z.object({
  uid: z.string(),
  operation: z.string(),
  resource: z.string(),
  subresource: z.string().exactOptional(),
  namespace: z.string().exactOptional(),
  name: z.string().exactOptional(),
});

/**
 * Runs of the webhook that the log took from an instant on. Memory grows with their number.
 * @param from Unix milliseconds, by the ledger's clock
 * @param emitter glob of the webhook's emitter names
 */
export async function admissionRuns(
  reader: LogReader,
  from: number,
  emitter: string,
  progress?: (done: number, total: number) => void,
): Promise<AdmissionRun[]> {
  const runs: AdmissionRun[] = [];
  for await (const value of runRecords(reader, from, JUDGED, { progress })) {
    const parsed = record.safeParse(value);
    if (!parsed.success || !matchesGlob(emitter, parsed.data.emitter)) continue;
    const { run_id, record_id, observed_at, ext } = parsed.data;
    const said = told.safeParse(json(ext));
    if (!said.success) continue;
    const { uid: _, resource: path, ...rest } = said.data;
    const [group = '', , resource = ''] = path.split('/');
    runs.push({ run_id, record_id, time: Date.parse(observed_at), ...rest, group, resource });
  }
  return runs;
}

/**
 * Run records that the log took from an instant on.
 * @param where condition over `fact` of those that are meant; others may be given, too
 */
export async function* runRecords(
  reader: LogReader,
  from: number,
  where: string,
  options: WhereOptions,
): AsyncGenerator<unknown> {
  const { size } = await reader.checkpoint();
  const first = await reader.firstAt(formatInstant(Math.max(0, from)));
  const runs = {
    sql: `record_type = 'run' AND ${where}`,
    marked: (bytes: Buffer) => bytes.includes(MARK),
  };
  for await (const { bytes } of entriesWhere(reader, { from: first, to: size }, runs, options))
    yield JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
