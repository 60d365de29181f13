import { resolve } from 'node:path';
import { query } from '../../lake/index.ts';
import { type LedgerReader, openReader } from '../../ledger/index.ts';
import { gateRuns } from '../../merges/index.ts';
import { ExhibitError, parseRecord, type RecordDraft, uuidv7 } from '../../record/index.ts';
import { resolveConfig } from '../config/config.ts';
import type { Context } from '../context.ts';
import { actorReference } from '../evidence/actors.ts';
import { isServer } from '../evidence/remote.ts';
import { openTarget } from '../ingest/target.ts';
import { openWriter, remember } from '../ledger/memory.ts';

/** Where the runs are read, and where the records go. */
export interface Place {
  /** Folder. */
  runs: string;
  /** URL; the folder where it is not set. */
  server?: string;
}

/** @throws ExhibitError USAGE where a place is not named, or one too many */
export function placeOf(flags: { evidence?: string; runs?: string }, context: Context): Place {
  const found = resolveConfig(flags.evidence === undefined ? {} : { evidence: flags.evidence }, context)
    .evidence?.value;
  if (found === undefined)
    throw new ExhibitError('USAGE', 'which evidence folder?', {
      hint: 'Name the folder with --evidence: merges are compared with the runs that its log holds.',
    });
  if (!isServer(found)) {
    if (flags.runs !== undefined)
      throw new ExhibitError('USAGE', '--runs is for records that go to a server', {
        hint: 'In a folder the runs are read where the records go.',
      });
    return { runs: resolve(context.cwd, found) };
  }
  if (flags.runs === undefined)
    throw new ExhibitError('USAGE', 'a server takes the records, and gives no runs out', {
      hint: 'Name its evidence folder, or a copy of it, with --runs: merges are compared with the runs of its log.',
    });
  return { runs: resolve(context.cwd, flags.runs), server: found };
}

/** What the log says; of a copy of a server's log also where it ends. */
export async function ledgerOf({ runs: folder, server }: Place) {
  const reader = await openReader(folder);
  try {
    const until = server === undefined ? undefined : await ended(reader);
    const runs = await gateRuns(reader);
    return { origin: reader.origin, runs, began: await began(reader), map: await mapInForce(reader), until };
  } finally {
    await reader.close();
  }
}

/**
 * Writes into the folder, or keeps the records in the spool and sends them.
 * @returns a sentence for the reader, of a server
 */
export async function record(
  { runs, server }: Place,
  context: Context,
  make: (actor: (name: string) => string | undefined) => RecordDraft[],
): Promise<string | undefined> {
  if (server !== undefined) {
    const target = await openTarget(server, undefined, uuidv7(context.clock(), context.random), context);
    await target.append(make((name) => target.reference(name)));
    return target.end().finally(() => target.close());
  }
  const writer = await openWriter(runs, context);
  try {
    await writer.appendNumbered(make((name) => actorReference(runs, name, context.random)));
    await writer.seal();
    await remember(writer, context);
  } finally {
    await writer.close();
  }
  return undefined;
}

async function began(reader: LedgerReader): Promise<string | undefined> {
  if ((await reader.checkpoint()).size === 0) return undefined;
  return parseRecord((await reader.entry(0)).bytes).recorded_at;
}

async function ended(reader: LedgerReader): Promise<string | undefined> {
  const { size } = await reader.checkpoint();
  return size === 0 ? undefined : parseRecord((await reader.entry(size - 1)).bytes).recorded_at;
}

async function mapInForce(reader: LedgerReader): Promise<string | undefined> {
  if ((await reader.checkpoint()).size === 0) return undefined;
  const { rows } = await query(reader, { name: 'control-links' });
  const digest = rows.at(-1)?.[1];
  return typeof digest === 'string' ? digest : undefined;
}
