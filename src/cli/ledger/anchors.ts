import { resolve } from 'node:path';
import { type Agreed, agreeWith, firstDisagreement, openPlace, type Place } from '../../anchors/index.ts';
import { openReader, type VerifiedLedger, verifyStamped } from '../../ledger/index.ts';
import { formatInstant, isExhibitError } from '../../record/index.ts';
import { isS3Url, type NamedStore } from '../../store/index.ts';
import type { Anchors } from '../../verify/index.ts';
import type { Context } from '../context.ts';
import { duration } from '../findings/text.ts';
import { type BucketFlags, bucketOf } from '../store/flags.ts';
import { readGivenText } from '../verify/given.ts';
import { type AnchorFlags, ageSeconds } from './anchor-flags.ts';

/** Clocks differ by less. */
const AHEAD_MILLISECONDS = 5 * 60 * 1000;

/** What was kept elsewhere of a log, read before the log is verified. */
export class KeptElsewhere {
  readonly #places: Place[] = [];
  readonly #agreed: Agreed[] = [];

  /** @throws ExhibitError CHECKPOINT_INVALID naming the object; STORE_FAILED, LEDGER_IO, NOT_FOUND */
  static async read(
    ledger: string | NamedStore,
    origin: string,
    vkeys: readonly string[],
    flags: AnchorFlags & BucketFlags,
    { clock, cwd }: Context,
  ): Promise<KeptElsewhere> {
    const kept = new KeptElsewhere();
    try {
      for (const one of flags.against ?? []) {
        const place = openPlace(isS3Url(one) ? bucketOf(one, flags) : one, { clock, cwd });
        kept.#places.push(place);
        kept.#agreed.push(await agreeWith(place, { ledger, origin, vkeys, clock }));
      }
      return kept;
    } catch (error) {
      kept.close();
      throw error;
    }
  }

  /** All checkpoints, by size. */
  get checkpoints() {
    return this.#agreed.flatMap(({ checkpoints }) => checkpoints).sort((a, b) => a.size - b.size);
  }

  get places() {
    return this.#agreed.map(({ place }) => place);
  }

  /** Objects over which somebody put a delete marker. */
  get hidden(): string[] {
    return this.#agreed.flatMap(({ place, hidden }) => hidden.map((key) => `${place.name}/${key}`));
  }

  /** The error of a verification, naming the first kept checkpoint that the log does not agree with. */
  async explain(ledger: string | NamedStore, error: unknown): Promise<unknown> {
    if (this.checkpoints.length === 0) return error;
    if (!isExhibitError(error, 'LEDGER_ROLLBACK') && !isExhibitError(error, 'LEDGER_FORK')) return error;
    try {
      return (await firstDisagreement(await openReader(ledger), this.checkpoints)) ?? error;
    } catch {
      // The log does not hold by itself either: what was found first is said.
      return error;
    }
  }

  close(): void {
    for (const place of this.#places) place.close();
  }
}

/** What was asked for of time stamps and second places, after a ledger was verified. @throws ExhibitError TIMESTAMP_INVALID, BLOB_MISSING */
export async function anchorsOf(
  ledger: string | NamedStore,
  verified: VerifiedLedger,
  kept: KeptElsewhere,
  flags: AnchorFlags,
  context: Context,
): Promise<Anchors> {
  const { tsaRoot = [], tsaPolicy = [], against = [] } = flags;
  const roots = tsaRoot.map((file) => readGivenText(resolve(context.cwd, file))).join('\n');
  const stamped =
    tsaRoot.length === 0
      ? undefined
      : await verifyStamped(ledger, verified, {
          roots,
          ...(tsaPolicy.length === 0 ? {} : { policies: tsaPolicy }),
        });
  return {
    ...(stamped === undefined ? { unchecked: verified.stamps.length } : { stamped }),
    ...(against.length === 0 ? {} : { places: kept.places }),
  };
}

/** What is old, missing or hidden, one line each: each is a finding. */
export function findingsOf(
  { stamped, places = [] }: Anchors,
  hidden: readonly string[],
  { maxAge }: AnchorFlags,
  now: number,
): string[] {
  const found = hidden.map(
    (key) =>
      `${key} was hidden by a delete marker; its versions were read, and somebody wanted them not to be`,
  );
  // What was asked for and is not there: a log that was made anew has neither.
  if (stamped !== undefined && stamped.tokens === 0) found.push('the log has no time stamp');
  for (const { name, newest } of places)
    if (newest === undefined) found.push(`no checkpoint is kept in ${name}`);
  if (maxAge === undefined) return found;
  const most = ageSeconds(maxAge);
  const times = [stamped?.newest?.time, ...places.map(({ newest }) => newest?.time)].flatMap((time) =>
    time === undefined ? [] : [Date.parse(time)],
  );
  const newest = Math.max(...times);
  if (times.length === 0)
    found.push(
      'nothing outside shows how old this log is: no time stamp was checked and no checkpoint was kept',
    );
  else if (newest - now > AHEAD_MILLISECONDS)
    found.push(
      `the newest time stamp or kept checkpoint is of ${formatInstant(newest)}, ahead of this machine's clock (${formatInstant(now)}): one of the two is wrong, so it does not show how old the log is`,
    );
  else if (now - newest > most * 1_000)
    found.push(
      `the newest time stamp or kept checkpoint is of ${formatInstant(newest)}, older than ${duration(most)}: the log may have been rolled back or stopped since`,
    );
  return found;
}
