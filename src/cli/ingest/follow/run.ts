import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UnnumberedRecord } from '../../../engine/index.ts';
import { ExhibitError, isExhibitError, plural, uuidv7 } from '../../../record/index.ts';
import type { FloodSetting } from '../../../server/index.ts';
import { sourceOf } from '../../../sources/index.ts';
import { openBundle } from '../../check/bundle.ts';
import { type Config, refuseOwnRules } from '../../config/config.ts';
import type { Context } from '../../context.ts';
import { sentence } from '../../terminal/table.ts';
import { openTarget, type Target } from '../target.ts';
import type { GrpcOptions } from './falco-grpc.ts';
import { FollowedFlood } from './flood.ts';
import { KeptPlace } from './place.ts';
import { type How, lostRecord, readEvent, recordsOfItems } from './records.ts';
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
  /** From how many events on a flood is counted; as the server's where it is not given. */
  flood?: FloodSetting;
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
 * are read again and add nothing, since an event is known by its bytes. A flood of Falco is counted, as the server counts it. A server that is away holds up nothing: records wait in the spool.
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
  const how: How = { format: options.format, emitter, bundle };
  const flood = new FollowedFlood(how, evidence, target, context, options.flood);
  try {
    await flood.open();
    const reader = await readerOf(options, evidence, context);
    try {
      for (;;) {
        const stopping = options.signal.aborted;
        if (await flood.look()) await send(target, context);
        const batch = await reader.read(context);
        if (batch !== undefined) await take(batch, how, flood, target, context);
        else if (stopping) break;
        else
          await sleep(options.every ?? EVERY, undefined, { signal: options.signal }).catch(() => undefined);
      }
    } finally {
      await reader.close();
      if (await flood.close()) await send(target, context);
    }
  } finally {
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

async function take(
  batch: Batch,
  how: How,
  flood: FollowedFlood,
  target: Target,
  context: Context,
): Promise<void> {
  const records: UnnumberedRecord[] = [];
  let counted = 0;
  for (const bytes of batch.events) {
    const event = await readEvent(bytes, how, target, context);
    if ('unread' in event) records.push(event.unread);
    else if (await flood.counts(event)) counted += 1;
    else records.push(...(await recordsOfItems(event.items, event, how, target, context)));
  }
  if (batch.lost !== undefined) records.push(lostRecord(batch.lost, how, context));
  if (records.length > 0) await target.append(records);
  await flood.written();
  batch.done();
  if (records.length > 0 && !(await send(target, context))) return;
  const of = counted === 0 ? '' : `, ${counted} of them counted in a flood`;
  context.stderr.write(sentence(`recorded ${plural(batch.events.length, 'event')}${of}`, context.stderr));
}

/** @returns false where a server is away: in the spool they are on disk, and the next ones take them along */
async function send(target: Target, context: Context): Promise<boolean> {
  try {
    await target.end();
    return true;
  } catch (error) {
    if (!isExhibitError(error, 'SERVER_UNREACHABLE')) throw error;
    context.stderr.write(sentence(`warning: ${error.message}`, context.stderr));
    return false;
  }
}
