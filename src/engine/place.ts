/** Where a run looked, as whoever started it states it; for subjects that state nothing themselves. */
export interface StatedPlace {
  environment?: string | undefined;
  /** Name that tells a cluster from others. */
  cluster?: string | undefined;
}

/**
 * The environment of a subject, at every layer: what it states itself (a label, a tag), else what the run states. Overrides, roll-outs,
 * records and with them findings go by this one answer.
 */
export function environmentOf(
  subject: { environment?: string | undefined },
  place: Pick<StatedPlace, 'environment'>,
): string | undefined {
  return subject.environment ?? place.environment;
}
