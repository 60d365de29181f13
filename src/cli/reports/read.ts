import {
  type AuditReport,
  levelText,
  readReport,
  type Scope,
  unreadableReport,
  verifyWhole,
} from '../../audit/index.ts';
import { type LedgerReader, openReader } from '../../ledger/index.ts';
import { formatInstant, isExhibitError } from '../../record/index.ts';
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
      level: await levelText(reader),
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
    const found = await verifyWhole(folder, seen === undefined ? [] : [seen], bar.update);
    bar.end();
    return found;
  } catch (error) {
    if (!isExhibitError(error)) throw error;
    return { state: 'failed', message: `${error.code}: ${error.message}` };
  }
}
