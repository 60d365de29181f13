import { z } from 'zod';
import type { LedgerReader } from '../../ledger/index.ts';
import { isDigest, VERDICTS } from '../../record/index.ts';
import type { Asked, EarlierPass, FindEarlier, WatchLog } from '../../watch/index.ts';

/** Canonical JSON has no white space, and quotes within texts are escaped: a mark is found nowhere else. */
const LAYERS = [Buffer.from('"layer":"admission"'), Buffer.from('"layer":"ci"')];
const DECISION = Buffer.from('"record_type":"decision"');
/** Most subjects and policies of which the last word is kept; about 200 bytes each. */
const MOST = 200_000;

const entry = z.object({
  record_id: z.string(),
  record_type: z.literal('decision'),
  layer: z.enum(['admission', 'ci']),
  observed_at: z.string(),
  policy_id: z.string(),
  rule_id: z.string().optional(),
  subject_id: z.string(),
  verdict: z.enum(VERDICTS),
  input_ref: z.string().optional(),
  ext: z.string().optional(),
});
type Word = Pick<z.infer<typeof entry>, 'record_id' | 'layer' | 'observed_at' | 'verdict' | 'input_ref'>;

const review = z.object({
  kind: z.literal('AdmissionReview'),
  request: z.object({ object: z.unknown() }),
});

/**
 * Looks in a log for the last word of admission or CI about a policy and a subject. The log is read on from where the last look ended.
 * @param open a reader of the log, which is closed after each look
 */
export function earlierIn(open: () => Promise<LedgerReader>, log: WatchLog): FindEarlier {
  const words = new Map<string, Word>();
  let read = 0;
  let full = false;
  return async (asked) => {
    const reader = await open();
    try {
      const { size } = await reader.checkpoint();
      for await (const { bytes } of reader.entries(read, size)) {
        const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
        if (!LAYERS.some((mark) => buffer.includes(mark)) || !buffer.includes(DECISION)) continue;
        const record = entry.safeParse(JSON.parse(buffer.toString())).data;
        // What was asked with a clock that somebody chose is no evidence.
        if (record === undefined || record.ext?.includes('"simulated":true') === true) continue;
        const { record_id, layer, observed_at, verdict, input_ref } = record;
        const key = keyOf({ ...record, rule_id: record.rule_id ?? record.policy_id });
        if (words.size >= MOST && !words.has(key)) {
          if (!full) log('warn', 'more was judged at earlier gates than is kept here', { most: MOST });
          full = true;
          continue;
        }
        words.set(key, {
          ...{ record_id, layer, observed_at, verdict },
          ...(input_ref === undefined ? {} : { input_ref }),
        });
      }
      read = size;
      return await Promise.all(asked.map((one) => passOf(words.get(keyOf(one)), one, reader)));
    } finally {
      await reader.close();
    }
  };
}

async function passOf(
  word: Word | undefined,
  _asked: Asked,
  reader: LedgerReader,
): Promise<EarlierPass | undefined> {
  if (word?.verdict !== 'pass') return undefined;
  const { record_id, layer, observed_at, input_ref } = word;
  const object = input_ref === undefined ? undefined : await stored(input_ref, reader);
  return { record_id, layer, observed_at, ...(object === undefined ? {} : { object }) };
}

/** An input that is not there is no reason not to name the record. */
async function stored(ref: string, reader: LedgerReader): Promise<unknown> {
  if (!isDigest(ref)) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(await reader.blob(ref)).toString());
    const asked = review.safeParse(value);
    return asked.success ? asked.data.request.object : value;
  } catch {
    return undefined;
  }
}

const keyOf = ({ policy_id, rule_id, subject_id }: Asked): string =>
  JSON.stringify([policy_id, rule_id, subject_id]);
