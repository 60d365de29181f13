import type { Clock, RandomBytes } from '../../../record/index.ts';
import { toHex } from '../../../record/index.ts';
import { CHECK_PREFIX, heedsCondition } from '../condition.ts';
import { Connection } from '../connection.ts';
import { type S3StoreSettings, s3Place } from '../settings.ts';
import { PATIENCE, type Patience } from '../tries.ts';
import { look, notKnown, notOk, ok } from './act.ts';
import { holdHolds } from './hold-row.ts';
import {
  bypassRefused,
  deleteRefused,
  leftOf,
  lockShown,
  markerKeeps,
  overwriteKeeps,
  readBack,
  shortenRefused,
} from './lock-rows.ts';
import { isThere, type Probe, writeProbe } from './probe.ts';
import { objectLock, reached, versioning } from './settings-rows.ts';
import {
  type CheckRow,
  EXPECTATIONS,
  type Expectation,
  type LeftOver,
  OTHERWISE,
  type Purpose,
  type StoreCheck,
  type Tried,
} from './types.ts';

export interface CheckOptions {
  clock: Clock;
  random: RandomBytes;
  /** What the bucket is for (default: copy). */
  purpose?: Purpose;
  patience?: Partial<Patience>;
}

/**
 * Tries on a bucket whether its locks are real, with an object of its own below `exhibit-check/` that is locked for ten minutes.
 * Nothing is said of what was not tried.
 * @throws ExhibitError CONFIG_INVALID
 */
export async function checkStore(settings: S3StoreSettings, options: CheckOptions): Promise<StoreCheck> {
  const place = s3Place(settings);
  const connection = new Connection(place, { ...PATIENCE, ...options.patience }, options.clock);
  const tried = new Map<Expectation, Tried>();
  const left: LeftOver[] = [];
  try {
    tried.set('reached', await reached(connection));
    tried.set('versioning', await versioning(connection));
    for (const [name, row] of Object.entries(await objectLock(connection)))
      tried.set(name as Expectation, row);
    const name = `${place.prefix}${CHECK_PREFIX}${toHex(options.random(8))}`;
    let probe: Probe | undefined;
    tried.set(
      'written',
      await look(async () => {
        probe = await writeProbe(connection, name, `exhibit store check ${name}\n`);
        return probe === undefined
          ? notOk('it was written, and the bucket gave no version')
          : ok(`version ${probe.version}`);
      }),
    );
    if (probe !== undefined) {
      await tryLocks(connection, probe, tried, left);
      if (await isThere(connection, probe).catch(() => true)) left.unshift(leftOf(probe));
    }
    tried.set('second_writer_refused', await secondWriter(connection));
  } finally {
    connection.close();
  }
  const other = OTHERWISE[options.purpose ?? 'copy'];
  const names = (Object.keys(EXPECTATIONS) as Expectation[]).filter((one) => one !== other);
  const rows = names.map(
    (expectation): CheckRow => ({
      expectation,
      ...(tried.get(expectation) ?? notKnown('not tried: no locked object could be written')),
    }),
  );
  return { rows, left };
}

async function tryLocks(
  connection: Connection,
  probe: Probe,
  tried: Map<Expectation, Tried>,
  left: LeftOver[],
): Promise<void> {
  // It waits for the end of a lock, and so does the control of the deletion: with an object of its own it waits beside it.
  const held = holdHolds(connection, `${probe.key}-held`);
  // An error of it is thrown where it is awaited.
  held.catch(() => undefined);
  tried.set('read_back', await readBack(connection, probe));
  tried.set('lock_shown', await lockShown(connection, probe));
  tried.set('delete_refused', await deleteRefused(connection, probe, `${probe.key}-control`));
  tried.set('shorten_refused', await shortenRefused(connection, probe));
  tried.set('overwrite_keeps', await overwriteKeeps(connection, probe, left));
  tried.set('marker_keeps', await markerKeeps(connection, probe));
  tried.set('hold_holds', await held);
  // Last: where it works, the object is gone.
  tried.set('bypass_refused', await bypassRefused(connection, probe));
}

function secondWriter(connection: Connection): Promise<Tried> {
  return look(async () =>
    (await heedsCondition(connection))
      ? ok('412 where something is there')
      : notOk(
          'the store ignores it: Exhibit looks at all versions after it has written, and says so when another writer was there',
        ),
  );
}
