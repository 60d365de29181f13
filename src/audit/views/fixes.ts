import { z } from 'zod';
import type { LogReader } from '../../ledger/index.ts';

const fixed = z.object({ record_id: z.string(), details: z.object({ fix: z.string() }) });

/** What the rule said how to mend it, in the record of a fail; undefined where it said nothing. @throws ExhibitError LEDGER_CORRUPT */
export async function fixOf(reader: LogReader, record_id: string, at?: number): Promise<string | undefined> {
  const index = at ?? (await reader.find(record_id));
  if (index === undefined) return undefined;
  const { bytes } = await reader.entry(index);
  const record = fixed.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
  return record.success && record.data.record_id === record_id ? record.data.details.fix : undefined;
}
