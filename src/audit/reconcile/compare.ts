/** Something that another system says happened. Texts are of that system, or of who could write into it. */
export interface Told {
  /** As the other system names it: an address, an id. */
  id: string;
  /** RFC 3339. */
  at: string;
  /** By what a record may know it; one of them is enough. */
  keys: readonly string[];
  /** In words, such as `RunInstances`. */
  what: string;
  /** Where it stands in the export, such as `runs.json: line 1`. */
  where: string;
}

/** Something that the log has and that another system should know. */
export interface Seen {
  id: string;
  keys: readonly string[];
  /** Items of the population that belong to it; none where a run judged nothing for it. */
  items: number;
  /** It is of the period; what came before may match, and is not missed elsewhere. */
  own: boolean;
}

/** What an export says, and what it does not. */
export interface SourceExport {
  /** Such as `github merges`. */
  source: string;
  told: readonly Told[];
  /** Not compared, and known why: of another repository, another workflow, a call that failed. */
  left: readonly { reason: string; count: number }[];
  /** What the export itself leaves out or what of it cannot be read, in words: nothing is concluded from it. */
  unread: readonly string[];
}

export interface Compared {
  both: { told: Told; seen: Seen }[];
  /** The mismatch: it happened, and the log has nothing of it. */
  only_source: Told[];
  only_log: Seen[];
  /** Of `both`: the log has the run, and the run judged nothing for this population. */
  without_item: number;
  unread: string[];
}

/** Compares by keys as they are: neither case nor Unicode form is changed. Pure; the order of both sides changes nothing. */
export function comparePopulation({ told, unread }: SourceExport, seen: readonly Seen[]): Compared {
  const byKey = new Map<string, Seen>();
  for (const one of seen)
    for (const key of one.keys) if ((byKey.get(key)?.items ?? 0) <= one.items) byKey.set(key, one);
  const unique = [...new Map(told.map((one) => [one.id, one])).values()].sort(order);
  const matched = unique.map((one) => ({
    told: one,
    seen: one.keys.map((key) => byKey.get(key)).find((found) => found !== undefined),
  }));
  const both = matched.flatMap((one) => (one.seen === undefined ? [] : [{ ...one, seen: one.seen }]));
  const named = new Set(told.flatMap(({ keys }) => keys));
  return {
    both,
    only_source: matched.filter((one) => one.seen === undefined).map((one) => one.told),
    only_log: seen.filter(({ keys, own }) => own && !keys.some((key) => named.has(key))),
    without_item: both.filter((one) => one.seen.items === 0).length,
    unread: [...unread],
  };
}

function order(a: Told, b: Told): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

/**
 * Days of a period that an export says nothing of: it was asked for others, or its events begin later or end earlier.
 * @param covers what the caller says that the export was asked for; without it the days of all its events count
 */
export function uncovered(
  { from, to }: { from: string; to: string },
  days: readonly string[],
  covers: { from: string; to: string } | undefined,
): string[] {
  const first = covers?.from ?? days.toSorted()[0];
  const last = covers?.to ?? days.toSorted().at(-1);
  if (first === undefined || last === undefined) return ['the export has no event'];
  return [
    ...(first > from
      ? [`the export begins on ${first}: what happened from ${from} until then is unknown`]
      : []),
    ...(last < to ? [`the export ends on ${last}: what happened from then to ${to} is unknown`] : []),
  ];
}
