import {
  type AuditReport,
  levelText,
  readReport,
  type Scope,
  unreadableReport,
  verifyWhole,
} from '../../audit/index.ts';
import type { LedgerReader } from '../../ledger/index.ts';
import { formatInstant, isExhibitError } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { readingLake } from '../evidence/place.ts';
import { remembered } from '../ledger/memory.ts';
import type { BucketFlags } from '../store/flags.ts';
import { progress } from '../terminal/progress.ts';

type Verification = AuditReport['standing']['verification'];

/**
 * Reads the model of a scope, and does work with it while the log is open. A log that does not hold gives a report that says so first, and nothing else where it cannot be read.
 * @param flags with `verify` the whole log is read and hashed again before
 * @param work gets no reader where the log cannot be read
 * @throws ExhibitError for what is wrong with the call or the machine, and not with the log
 */
export async function withModel<T>(
  place: string,
  scope: Scope,
  flags: BucketFlags & { verify?: boolean },
  context: Context,
  work: (report: AuditReport, reader: LedgerReader | undefined) => Promise<T>,
): Promise<T> {
  let origin = '';
  let reading = true;
  try {
    return await readingLake(place, flags, context, async (reader) => {
      origin = reader.origin;
      const verification = flags.verify === true ? await verified(reader, context) : undefined;
      const bar = progress('questions answered', context.stderr, context.clock);
      const report = await readReport(reader, scope, {
        today: formatInstant(context.clock()).slice(0, 10),
        level: await levelText(reader),
        ...(verification === undefined ? {} : { verification }),
        progress: bar.update,
      });
      bar.end();
      reading = false;
      return work(report, reader);
    });
  } catch (error) {
    if (!reading || !isExhibitError(error) || error.kind !== 'tampered') throw error;
    return work(unreadableReport(scope, origin, `${error.code}: ${error.message}`), undefined);
  }
}

async function verified(reader: LedgerReader, context: Context): Promise<Verification> {
  const seen = remembered(reader.origin, context);
  const bar = progress('verifying records', context.stderr, context.clock);
  try {
    const found = await verifyWhole(reader.place, seen === undefined ? [] : [seen], bar.update);
    bar.end();
    return found;
  } catch (error) {
    if (!isExhibitError(error)) throw error;
    return { state: 'failed', message: `${error.code}: ${error.message}` };
  }
}
