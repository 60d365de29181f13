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

export type Step = (typeof STEPS)[number];
export type OnStep = (step: Step) => void;
