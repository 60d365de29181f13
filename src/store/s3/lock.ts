import type { LockSetting } from './settings.ts';

const DAY_MILLISECONDS = 86_400_000;

/** The lock of one object, as the SDK takes it. */
export interface Lock {
  ObjectLockMode?: 'GOVERNANCE' | 'COMPLIANCE';
  ObjectLockRetainUntilDate?: Date;
  ObjectLockLegalHoldStatus?: 'ON';
}

/** The lock of what is written now; empty where the bucket decides. @param now milliseconds since 1970 */
export function lockOf(setting: LockSetting | undefined, now: number): Lock {
  if (setting === undefined) return {};
  // Whole seconds, upwards: a store keeps no more, and an object is never locked shorter than was said.
  const until = Math.ceil((now + setting.days * DAY_MILLISECONDS) / 1_000) * 1_000;
  return {
    ObjectLockMode: setting.mode,
    ObjectLockRetainUntilDate: new Date(until),
    ...(setting.legal_hold ? { ObjectLockLegalHoldStatus: 'ON' } : {}),
  };
}

/** The clocks of a store and of who writes differ by less. */
const CLOCKS_MILLISECONDS = 3_600_000;

/**
 * Whether an object that was found has the lock that is set. The days count from when it was written: to write it again does not make
 * them more, and where they are over, they are over.
 */
export function isLocked(
  { lock, modified }: { lock: Lock; modified: number },
  { mode, days, legal_hold }: LockSetting,
): boolean {
  const until = lock.ObjectLockRetainUntilDate?.getTime() ?? 0;
  const strong = lock.ObjectLockMode === 'COMPLIANCE' || lock.ObjectLockMode === mode;
  const held = !legal_hold || lock.ObjectLockLegalHoldStatus === 'ON';
  return strong && held && until >= modified + days * DAY_MILLISECONDS - CLOCKS_MILLISECONDS;
}

/** The later end of two locks. */
export function longer(one: Lock, other: Lock | undefined): Date {
  const ends = [one, other].map((lock) => lock?.ObjectLockRetainUntilDate?.getTime() ?? 0);
  return new Date(Math.max(...ends));
}
