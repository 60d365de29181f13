/** What time stamps say of a log, after each was checked. */
export interface Stamped {
  /** How many the log has; each holds. */
  tokens: number;
  /** The one that covers most, the latest of them. */
  newest:
    | {
        /** By the clock of the authority. */
        time: string;
        /** In milliseconds, where it says how far its clock may be off. */
        accuracy?: number;
        /** Name in its certificate. */
        tsa: string;
        /** So many records it covers, from the first. */
        size: number;
        /** Record that carries it. */
        index: number;
      }
    | undefined;
  /** Records at the end of the log that no time stamp covers. */
  uncovered: number;
}

/** Checkpoints of a log that were kept in another place, after each was compared with the log. */
export interface KeptPlace {
  /** Folder or `s3://...` */
  name: string;
  /** Checkpoints that are kept there; the log contains each. */
  kept: number;
  newest: { size: number; time: string } | undefined;
  /** Lock of the newest, read on the object itself: only where the place is a bucket that locks. */
  lock?: { mode: string; until: string };
}

/** What is known of a log beyond its signatures. Left out is what was not looked at. */
export interface Anchors {
  stamped?: Stamped;
  /** Time stamps that the log has, where no root was given to check them with. */
  unchecked?: number;
  /** Where these time stamps are, and what more has to be given; of the log unless it is said. */
  where?: { has: string; give: string };
  places?: readonly KeptPlace[];
}

const NOT_LOOKED_AT = 'time stamps were not looked at';

/** A level in words without what was not even tried: for a line that stands on many pages, where one of them says it whole. */
export function briefLevel(level: string): string {
  return level.replace(`; ${NOT_LOOKED_AT}`, '');
}

/** The levels that anchors reach, in words, and which they do not. Never more than was checked. */
export function formatAnchors({ places, ...times }: Anchors): string {
  return [stampedText(times), ...placesText(places)].join('; ');
}

function stampedText({
  stamped,
  unchecked,
  where = { has: 'the log', give: '--tsa-root' },
}: Omit<Anchors, 'places'>): string {
  if (stamped === undefined) {
    if (unchecked === undefined) return NOT_LOOKED_AT;
    return unchecked === 0
      ? 'not time-stamped'
      : `time stamps were not checked (${where.has} has ${unchecked}; give ${where.give})`;
  }
  const { newest, tokens, uncovered } = stamped;
  if (newest === undefined) return 'not time-stamped';
  const rest = uncovered === 0 ? '' : `, not the ${uncovered} after them`;
  const exact = newest.accuracy === undefined ? '' : `, to ${newest.accuracy / 1000} s`;
  return `time-stamped: the first ${newest.size} records${rest}, at ${newest.time} by ${newest.tsa}${exact} (${tokens} checked)`;
}

function placesText(places: readonly KeptPlace[] | undefined): string[] {
  if (places === undefined) return [];
  if (places.length === 0) return ['no second place was compared'];
  return places.map(({ name, kept, newest, lock }) => {
    if (newest === undefined) return `no checkpoint is kept in ${name}`;
    const what = `the first ${newest.size} records agree with ${kept} kept in ${name}, the newest of ${newest.time}`;
    return lock === undefined
      ? `kept in a second place, which is not known to be locked: ${what}`
      : `locked in a second place (${lock.mode} until ${lock.until}; that it is another account is what you say): ${what}`;
  });
}
