import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UnnumberedRecord } from '../../../engine/index.ts';
import { type Bundle, digestOf } from '../../../policy/index.ts';
import {
  derivedId,
  ExhibitError,
  formatInstant,
  isExhibitError,
  redactText,
  SCHEMA,
  uuidv7,
} from '../../../record/index.ts';
import { ingest, readForeignEvent, runOfEvent, sourceOf } from '../../../sources/index.ts';
import { openBundle } from '../../check/bundle.ts';
import { type Config, refuseOwnRules } from '../../config/config.ts';
import type { Context } from '../../context.ts';
import { sentence } from '../../terminal/table.ts';
import { plural } from '../../terminal/text.ts';
import { openTarget, type Target } from '../target.ts';
import type { GrpcOptions } from './falco-grpc.ts';
import { KeptPlace } from './place.ts';
import { FileTail } from './tail.ts';

export interface FollowOptions {
  format: string;
  /** A file that grows; or Falco's outputs over gRPC. */
  from: { file: string } | { grpc: GrpcOptions };
  useBundle: boolean;
  /** Ends it, after what is under way. */
  signal: AbortSignal;
  /** Milliseconds from one look to the next. */
  every?: number;
}

const EVERY = 1_000;

/** Events as they came, and what to do when their records are on disk. */
interface Batch {
  events: Buffer[];
  lost?: string | undefined;
  done(): void;
}

/**
 * Records events as they come until it is told to stop. They are on disk before their place in the file is remembered; after a crash some
 * are read again and add nothing, since an event is known by its bytes. A server that is away holds up nothing: records wait in the spool.
 * @throws ExhibitError USAGE, NOT_FOUND, a bundle that does not verify, an evidence folder that takes nothing
 */
export async function follow(options: FollowOptions, config: Config, context: Context): Promise<void> {
  const evidence = config.evidence?.value;
  if (evidence === undefined)
    throw new ExhibitError('USAGE', 'name an evidence folder or server', {
      hint: 'Example: --evidence evidence',
    });
  const source = sourceOf(options.format);
  refuseOwnRules(config, context, options.useBundle);
  const bundle = options.useBundle ? (await openBundle(config, context)).bundle : undefined;
  const target = await openTarget(evidence, bundle, uuidv7(context.clock(), context.random), context);
  const emitter = config.emitter?.value ?? `${source.tool}@${hostname()}`;
  const reader = await readerOf(options, evidence, context);
  try {
    for (;;) {
      const stopping = options.signal.aborted;
      const batch = await reader.read(context);
      if (batch !== undefined)
        await take(batch, { format: options.format, emitter, bundle }, target, context);
      else if (stopping) return;
      else await sleep(options.every ?? EVERY, undefined, { signal: options.signal }).catch(() => undefined);
    }
  } finally {
    await reader.close();
    await target.close();
  }
}

interface Reader {
  read(context: Context): Promise<Batch | undefined>;
  close(): Promise<void>;
}

async function readerOf({ from }: FollowOptions, evidence: string, context: Context): Promise<Reader> {
  if ('grpc' in from) {
    // gRPC is loaded only where Falco is asked that way.
    const { FalcoOutputs } = await import('./falco-grpc.ts');
    const outputs = new FalcoOutputs(from.grpc);
    return {
      read: async () => {
        try {
          const events = await outputs.read();
          return events.length === 0 ? undefined : { events, done: () => undefined };
        } catch (error) {
          if (!isExhibitError(error)) throw error;
          context.stderr.write(sentence(`warning: ${error.message}`, context.stderr));
          return undefined;
        }
      },
      close: async () => outputs.close(),
    };
  }
  const path = resolve(context.cwd, from.file);
  const kept = new KeptPlace(path, evidence, context.env);
  const tail = new FileTail(path, kept.read());
  return {
    read: async () => {
      const found = await tail.read();
      if (found === undefined) return undefined;
      const events = found.lines
        .map((line) => Buffer.from(line))
        .filter((line) => line.toString('latin1').trim() !== '');
      return { events, lost: found.lost, done: () => kept.write(found.place) };
    },
    close: () => tail.close(),
  };
}

interface How {
  format: string;
  emitter: string;
  bundle: Bundle | undefined;
}

async function take(batch: Batch, how: How, target: Target, context: Context): Promise<void> {
  const records: UnnumberedRecord[] = [];
  for (const bytes of batch.events) records.push(...(await recordsOf(bytes, how, target, context)));
  if (batch.lost !== undefined) records.push(lostRecord(batch.lost, how, context));
  if (records.length > 0) await target.append(records);
  batch.done();
  try {
    if (records.length > 0) await target.end();
  } catch (error) {
    // In the spool they are on disk; the next ones take them along.
    if (!isExhibitError(error, 'SERVER_UNREACHABLE')) throw error;
    context.stderr.write(sentence(`warning: ${error.message}`, context.stderr));
    return;
  }
  context.stderr.write(sentence(`recorded ${plural(batch.events.length, 'event')}`, context.stderr));
}

async function recordsOf(
  bytes: Buffer,
  how: How,
  target: Target,
  context: Context,
): Promise<UnnumberedRecord[]> {
  const now = context.clock();
  try {
    const { source, items } = await readForeignEvent(bytes, how.format);
    const records: UnnumberedRecord[] = [];
    const batches = ingest(items, {
      source,
      report: 'event',
      raw_digest: digestOf(bytes),
      run: runOfEvent(items, formatInstant(now).slice(0, 10)),
      ...(how.bundle === undefined ? {} : { bundle: how.bundle }),
      emitter: how.emitter,
      attribution: {},
      reference: (name) => target.reference(name),
      now,
      random: context.random,
    });
    for await (const each of batches) records.push(...each);
    return records;
  } catch (error) {
    if (!isExhibitError(error) || !error.code.startsWith('INPUT_')) throw error;
    const copy = Buffer.from(redactText(bytes.toString('utf8').toWellFormed()));
    await target.blob(copy);
    return [
      {
        ...gapOf(
          `an event cannot be read: ${redactText(error.message).slice(0, 1_000).toWellFormed()}`,
          how,
          now,
        ),
        record_id: derivedId('event-unread', `${how.emitter} ${how.format} ${digestOf(bytes)}`, sha256),
        details: { kind: 'event unread', code: error.code, digest: digestOf(bytes), bytes: bytes.length },
        input_ref: digestOf(copy),
      },
    ];
  }
}

function lostRecord(lost: string, how: How, { clock, random }: Context): UnnumberedRecord {
  return {
    ...gapOf(lost, how, clock()),
    record_id: uuidv7(clock(), random),
    details: { kind: 'events lost' },
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
