/**
 * The durable steps of the writer, in order. After each one a comment in the code says what survives a crash there.
 * A test observes them to stop the process at one.
 */
export const STEPS = [
  'numbered',
  'frame written',
  'frame synced',
  'claimed',
  'tiles written',
  'signed',
  'committed',
  'published',
  'indexed',
  'cleaned',
] as const;

/** Those that a ledger in a bucket has besides. */
export const REMOTE_STEPS = ['shipped', 'staged', 'swapped', 'applied'] as const;

export type Step = (typeof STEPS)[number] | (typeof REMOTE_STEPS)[number];
export type OnStep = (step: Step) => void;
export const NO_STEP: OnStep = () => undefined;
