import { createHash } from 'node:crypto';
import type { UnnumberedRecord } from '../../../engine/index.ts';
import { type Bundle, digestOf } from '../../../policy/index.ts';
import {
  derivedId,
  formatInstant,
  isExhibitError,
  redactText,
  SCHEMA,
  uuidv7,
} from '../../../record/index.ts';
import {
  type Item,
  ingest,
  type ReadEvent,
  readForeignEvent,
  runOfEvent,
  type Source,
  sourceOf,
} from '../../../sources/index.ts';
import type { Context } from '../../context.ts';
import type { Target } from '../target.ts';

/** How events are taken in, for their records. */
export interface How {
  format: string;
  emitter: string;
  bundle: Bundle | undefined;
}

/** What makes a run itself, besides its items. */
export interface RunOf {
  source: Source;
  raw_digest: `sha256:${string}`;
  run: string;
}

/** An event that was understood, with what makes its run itself; or the record that says that it was not. */
export async function readEvent(
  bytes: Buffer,
  how: How,
  target: Target,
  context: Context,
): Promise<(ReadEvent & RunOf) | { unread: UnnumberedRecord }> {
  const now = context.clock();
  try {
    const event = await readForeignEvent(bytes, how.format);
    const run = runOfEvent(event.items, formatInstant(now).slice(0, 10));
    return { ...event, raw_digest: digestOf(bytes), run };
  } catch (error) {
    if (!isExhibitError(error) || !error.code.startsWith('INPUT_')) throw error;
    const copy = Buffer.from(redactText(bytes.toString('utf8').toWellFormed()));
    await target.blob(copy);
    const why = redactText(error.message).slice(0, 1_000).toWellFormed();
    return {
      unread: {
        ...gapOf(`an event cannot be read: ${why}`, how, now),
        record_id: derivedId('event-unread', `${how.emitter} ${how.format} ${digestOf(bytes)}`, sha256),
        details: { kind: 'event unread', code: error.code, digest: digestOf(bytes), bytes: bytes.length },
        input_ref: digestOf(copy),
      },
    };
  }
}

/** The records of one run: of an event, or of what was counted in a flood. */
export async function recordsOfItems(
  items: readonly Item[],
  { source, raw_digest, run }: RunOf,
  { bundle, emitter }: How,
  target: Target,
  { clock, random }: Context,
): Promise<UnnumberedRecord[]> {
  const records: UnnumberedRecord[] = [];
  const batches = ingest([...items], {
    ...{ source, report: 'event', raw_digest, run, emitter, attribution: {} },
    ...(bundle === undefined ? {} : { bundle }),
    reference: (name) => target.reference(name),
    now: clock(),
    random,
  });
  for await (const each of batches) records.push(...each);
  return records;
}

/** Events that nobody can record any more, in words. */
export function lostRecord(
  lost: string,
  how: How,
  { clock, random }: Context,
  details: Record<string, number> = {},
): UnnumberedRecord {
  return {
    ...gapOf(lost, how, clock()),
    record_id: uuidv7(clock(), random),
    details: { kind: 'events lost', ...details },
  };
}

const gapOf = (message: string, { emitter, format }: How, now: number) =>
  ({
    schema: SCHEMA,
    record_type: 'gap',
    observed_at: formatInstant(now),
    emitter,
    layer: 'runtime',
    tool: sourceOf(format).tool,
    format,
    message,
  }) satisfies Partial<UnnumberedRecord>;

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
