import { DAY_MILLISECONDS } from '../../record/index.ts';
import type { Measured } from '../../store/index.ts';
import type { LakeProblem } from '../types.ts';

/** A file, and the version of it that is whole. */
export interface Locked {
  day: string;
  key: string;
  /** Undefined for what belongs to no framework. */
  framework: string | undefined;
  object: Pick<Measured, 'lock' | 'modified'>;
}

/** The clocks of a store and of who writes differ by less; a store keeps whole seconds. */
const TOLERANCE = 3_600_000;

/**
 * Files whose lock is missing, or weaker than that of the others of their framework: shorter, counted from when each was written, or GOVERNANCE
 * among COMPLIANCE. Where no file of a framework has a lock, that is said once.
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
    const longest = Math.max(...group.map(daysOf));
    if (longest <= 0) {
      notes.push(`no file of ${name} has a lock that these credentials can see`);
      continue;
    }
    const strict = group.some(({ object }) => object.lock.mode === 'COMPLIANCE');
    for (const file of group) {
      const { mode } = file.object.lock;
      const what = weakness(file, longest, strict);
      if (what === undefined) continue;
      const message = `${file.key}: ${what}; other files of ${name} have ${strict ? 'COMPLIANCE' : 'GOVERNANCE'}, ${inDays(longest)}`;
      problems.push({
        ...{ kind: 'lock', day: file.day, key: file.key, message },
        ...{ expected: inDays(longest), found: mode === undefined ? 'none' : inDays(daysOf(file)) },
      });
    }
  }
  return { problems, notes };
}

function weakness(file: Locked, longest: number, strict: boolean): string | undefined {
  const { mode } = file.object.lock;
  const own = daysOf(file);
  if (mode === undefined || own <= 0) return 'it has no lock';
  if (own < longest - TOLERANCE) return `its lock is of ${inDays(own)}`;
  return strict && mode !== 'COMPLIANCE' ? `its lock is ${mode}` : undefined;
}

/** Milliseconds from when it was written to the end of its lock. */
function daysOf({ object: { lock, modified } }: Locked): number {
  return lock.until === undefined ? 0 : lock.until - modified;
}

const inDays = (milliseconds: number): string =>
  `${Math.round((milliseconds / DAY_MILLISECONDS) * 100) / 100} days`;
