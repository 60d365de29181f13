import { z } from 'zod';
import type { LedgerReader } from '../../ledger/index.ts';
import type { ExpectedEmitter } from '../../policy/index.ts';
import { isDigest } from '../../record/index.ts';

const MARK = Buffer.from('"record_type":"policy"');
const policyRecord = z.object({
  record_type: z.literal('policy'),
  details: z.object({ emitters_digest: z.string().optional() }),
});
const emitters = z.array(
  z.object({
    name: z.string(),
    owner: z.string(),
    layer: z.enum(['pre-commit', 'ci', 'admission', 'runtime', 'evidence']).exactOptional(),
    cadence: z.string(),
    heartbeat: z.string().exactOptional(),
    grace: z.string().exactOptional(),
    since: z.string(),
    until: z.string().exactOptional(),
  }),
);

/**
 * Who is expected to send, as the bundle that was announced last says. Read backwards, piece by piece: it mostly stands near the end.
 * @returns an empty list where no bundle was announced, or the last one expects nobody
 * @throws ExhibitError BLOB_MISSING, BLOB_DIGEST
 */
export async function expectedEmitters(reader: LedgerReader): Promise<ExpectedEmitter[]> {
  const { size } = await reader.checkpoint();
  for (let to = size; to > 0; to -= PIECE) {
    let last: string | undefined | null = null;
    for await (const { bytes } of reader.entries(Math.max(0, to - PIECE), to)) {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      if (!text.includes(MARK)) continue;
      const parsed = policyRecord.safeParse(JSON.parse(text.toString()));
      if (parsed.success) last = parsed.data.details.emitters_digest;
    }
    if (last === null) continue;
    if (last === undefined || !isDigest(last)) return [];
    return emitters.parse(JSON.parse(new TextDecoder().decode(await reader.blob(last))));
  }
  return [];
}

/** Entries that are read at once. */
const PIECE = 65_536;
