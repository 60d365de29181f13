import { DAY_MILLISECONDS } from '../../record/index.ts';
import type { Measured } from '../../store/index.ts';
import type { LakeProblem } from '../types.ts';

/** A file, and the version of it that is whole. */
export interface Locked {
  day: string;
  key: string;
  /** Undefined for what belongs to no framework. */
  framework: string | undefined;
  /** When its day was closed, in milliseconds since 1970. */
  closed: number;
  object: Pick<Measured, 'lock' | 'modified'>;
}

/** The clocks of a store and of who writes differ by less; a store keeps whole seconds. */
const TOLERANCE = 3_600_000;

/**
 * Files whose lock is missing, or weaker than that of the others of their framework: shorter, or GOVERNANCE among COMPLIANCE. Where no file of a
 * framework has a lock, that is said once. A lock is shorter where it is so from when the file was written and also from when its day was closed: in a copy that
 * was made later the first is the same for all, and on Ceph, which calls each change of a lock a change of the object, the second.
 */
export function compareLocks(files: readonly Locked[]): { problems: LakeProblem[]; notes: string[] } {
  const groups = new Map<string, Locked[]>();
  for (const file of files) {
    const name = file.framework ?? 'no framework (facts and counts)';
    const known = groups.get(name);
    if (known === undefined) groups.set(name, [file]);
    else known.push(file);
  }
  const problems: LakeProblem[] = [];
  const notes: string[] = [];
  for (const [name, group] of groups) {
    const longest: Lengths = {
      written: Math.max(...group.map((file) => lengths(file).written)),
      closed: Math.max(...group.map((file) => lengths(file).closed)),
    };
    if (group.every(({ object }) => object.lock.mode === undefined)) {
      notes.push(`no file of ${name} has a lock that these credentials can see`);
      continue;
    }
    const strict = group.some(({ object }) => object.lock.mode === 'COMPLIANCE');
    for (const file of group) {
      const what = weakness(file, longest, strict);
      if (what === undefined) continue;
      const message = `${file.key}: ${what}; other files of ${name} have ${strict ? 'COMPLIANCE' : 'GOVERNANCE'}, ${inDays(longest.written)}`;
      problems.push({
        ...{ kind: 'lock', day: file.day, key: file.key, message },
        ...{ expected: inDays(longest.written), found: inDays(lengths(file).written) },
      });
    }
  }
  return { problems, notes };
}

/** Milliseconds up to the end of a lock, from when the file was written and from when its day was closed. */
interface Lengths {
  written: number;
  closed: number;
}

function lengths({ object: { lock, modified }, closed }: Locked): Lengths {
  return lock.until === undefined
    ? { written: 0, closed: 0 }
    : { written: lock.until - modified, closed: lock.until - closed };
}

function weakness(file: Locked, longest: Lengths, strict: boolean): string | undefined {
  const { mode, until } = file.object.lock;
  if (mode === undefined || until === undefined) return 'it has no lock';
  const own = lengths(file);
  if (own.written < longest.written - TOLERANCE && own.closed < longest.closed - TOLERANCE)
    return `its lock is of ${inDays(own.written)}`;
  return strict && mode !== 'COMPLIANCE' ? `its lock is ${mode}` : undefined;
}

const inDays = (milliseconds: number): string =>
  `${Math.round((milliseconds / DAY_MILLISECONDS) * 100) / 100} days`;
