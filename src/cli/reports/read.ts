import { type AuditReport, readReport, type Scope, unreadableReport } from '../../audit/index.ts';
import { folderKeys, type LedgerReader, openReader, verifyLedger } from '../../ledger/index.ts';
import { formatInstant, isExhibitError } from '../../record/index.ts';
import { formatLevel, levelOf, openCheckpoint, parseVkey } from '../../verify/index.ts';
import { nodeCrypto } from '../../verify/node.ts';
import type { Context } from '../context.ts';
import { remembered } from '../ledger/memory.ts';
import { progress } from '../terminal/progress.ts';

type Verification = AuditReport['standing']['verification'];

export interface Read {
  report: AuditReport;
  /** Undefined where the log cannot be read. */
  reader: LedgerReader | undefined;
}

/**
 * Reads the model of a scope. A log that does not hold gives a report that says so first, and nothing else where it cannot be read.
 * @param verify the whole log is read and hashed again before
 * @throws ExhibitError for what is wrong with the call or the machine, and not with the log
 */
export async function readModel(
  folder: string,
  scope: Scope,
  verify: boolean,
  context: Context,
): Promise<Read> {
  let origin = '';
  let reader: LedgerReader | undefined;
  try {
    reader = await openReader(folder);
    origin = reader.origin;
    const verification = verify ? await verified(folder, origin, context) : undefined;
    const bar = progress('questions answered', context.stderr, context.clock);
    const report = await readReport(reader, scope, {
      today: formatInstant(context.clock()).slice(0, 10),
      level: await levelText(folder, reader),
      ...(verification === undefined ? {} : { verification }),
      progress: bar.update,
    });
    bar.end();
    return { report, reader };
  } catch (error) {
    await reader?.close();
    if (!isExhibitError(error) || error.kind !== 'tampered') throw error;
    return { report: unreadableReport(scope, origin, `${error.code}: ${error.message}`), reader: undefined };
  }
}

async function verified(folder: string, origin: string, context: Context): Promise<Verification> {
  const seen = remembered(origin, context);
  const bar = progress('verifying records', context.stderr, context.clock);
  try {
    const { checkpoint, blobs } = await verifyLedger(folder, {
      known: seen === undefined ? [] : [seen],
      progress: bar.update,
    });
    bar.end();
    const missing = blobs === undefined ? 0 : blobs.missing + blobs.differ;
    if (missing > 0)
      return { state: 'failed', message: `${missing} blobs that records name are missing or differ` };
    const known = seen === undefined ? '' : ', and the log contains what this machine saw of it before';
    return {
      state: 'held',
      message: `all ${checkpoint.size} records were hashed again up to the signed root${known}`,
    };
  } catch (error) {
    if (!isExhibitError(error)) throw error;
    return { state: 'failed', message: `${error.code}: ${error.message}` };
  }
}

/** By the key that lies with the log: who made it is another question, which `ledger verify --vkey` answers. */
export async function levelText(folder: string, reader: LedgerReader): Promise<string> {
  const keys = (await folderKeys(folder)).map((key) => parseVkey(nodeCrypto.sha256, key));
  const note = (await reader.cosignedText()) ?? (await reader.checkpointText());
  return formatLevel(levelOf(openCheckpoint(note, keys, nodeCrypto, { origin: reader.origin }), keys));
}
