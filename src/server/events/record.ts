import {
  derivedId,
  type ExhibitError,
  formatInstant,
  type RecordDraft,
  redactText,
  SCHEMA,
} from '../../record/index.ts';
import {
  type Item,
  ingest,
  type ReadEvent,
  runOfEvent,
  type Source,
  withoutSecrets,
} from '../../sources/index.ts';
import { keepBlob } from '../ingest/evidence.ts';
import { type Delivery, digestOfBytes, keyOf, sha256 } from './delivery.ts';
import type { EventHost } from './types.ts';

/** The records of one event: a run of its own, so that a resend makes the same ones, whatever came with it. */
export async function recordsOfEvent(
  { source, report, items, bytes }: ReadEvent,
  delivery: Delivery,
  app: EventHost,
): Promise<RecordDraft[]> {
  const odd = items.some(({ type }) => type === 'problem');
  const copy =
    app.settings.events.keep === true || odd
      ? await copyOf(bytes, () => withoutSecrets(report, bytes.length))
      : undefined;
  const kept = copy === undefined ? undefined : await keepBlob(app.store, copy);
  const run = runOfEvent(items, formatInstant(app.clock()).slice(0, 10));
  return recordsOfItems(items, { source, raw_digest: digestOfBytes(bytes), run, kept }, delivery, app);
}

/** Records of what a format's reader gave. @param run what makes the run itself */
export async function recordsOfItems(
  items: readonly Item[],
  of: { source: Source; raw_digest: `sha256:${string}`; run: string; kept?: `sha256:${string}` | undefined },
  { emitter, actor, verified_by }: Delivery,
  app: EventHost,
): Promise<RecordDraft[]> {
  const { bundle } = app.events;
  const records: RecordDraft[] = [];
  const batches = ingest([...items], {
    source: of.source,
    report: 'event',
    raw_digest: of.raw_digest,
    run: of.run,
    ...(of.kept === undefined ? {} : { kept: of.kept }),
    ...(bundle === undefined ? {} : { bundle }),
    emitter,
    attribution: { actor, actor_verified_by: verified_by },
    reference: (name) => app.actorOf(name),
    now: app.clock(),
    random: app.random,
  });
  for await (const batch of batches) records.push(...batch);
  return records;
}

/** An event of which nothing could be read: senders do not send it again, or without end, so what is known of it is a gap. */
export async function recordOfUnread(
  bytes: Buffer,
  error: ExhibitError,
  { format, emitter, actor, verified_by }: Delivery,
  app: EventHost,
): Promise<RecordDraft> {
  const digest = digestOfBytes(bytes);
  const copy = await copyOf(bytes, async () => undefined);
  const kept = await keepBlob(app.store, copy);
  return {
    schema: SCHEMA,
    record_id: derivedId('event-unread', keyOf(emitter, format, digest), sha256),
    record_type: 'gap',
    observed_at: formatInstant(app.clock()),
    emitter,
    layer: 'runtime',
    tool: format === 'auto' ? 'unknown' : format,
    format,
    message: `an event was sent that cannot be read: ${redactText(error.message).slice(0, 1_000).toWellFormed()}`,
    details: { kind: 'event unread', code: error.code, digest, bytes: bytes.length },
    input_ref: kept,
    actor,
    actor_verified_by: verified_by,
  };
}

/** Without secrets by members where that can be had, else by what looks like a credential. */
async function copyOf(bytes: Buffer, byMembers: () => Promise<Uint8Array | undefined>): Promise<Uint8Array> {
  return (await byMembers()) ?? Buffer.from(redactText(bytes.toString('utf8').toWellFormed()));
}
