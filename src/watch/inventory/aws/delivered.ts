/** What the name of an object says that AWS Config delivered to a bucket. */
export interface Delivered {
  key: string;
  kind: 'snapshot' | 'history';
  account: string;
  region: string;
  /** When the snapshot was taken, or the last item of the history, as AWS writes it: 20161018T172627Z. It sorts as text. */
  at: string;
}

/** @see AWS Config developer guide, "Delivering configuration snapshot to an Amazon S3 bucket" and "Configuration history delivery" */
const SNAPSHOT =
  /(?:^|\/)(\d{12})_Config_([a-z0-9-]+)_ConfigSnapshot_(\d{8}T\d{6}Z)_[0-9a-f-]+\.json(?:\.gz)?$/;
const HISTORY =
  /(?:^|\/)(\d{12})_Config_([a-z0-9-]+)_ConfigHistory_AWS::\w+::\w+_\d{8}T\d{6}Z_(\d{8}T\d{6}Z)_\d+\.json(?:\.gz)?$/;

/** Undefined for an object that is neither. @param key attacker-controlled, as far as others may write to the bucket */
export function deliveredOf(key: string): Delivered | undefined {
  for (const [kind, pattern] of [
    ['snapshot', SNAPSHOT],
    ['history', HISTORY],
  ] as const) {
    const [, account, region, at] = pattern.exec(key) ?? [];
    if (account !== undefined && region !== undefined && at !== undefined)
      return { key, kind, account, region, at };
  }
  return undefined;
}

/** Snapshots that are kept in case that newer ones cannot be read. */
const SNAPSHOTS = 3;
/** Histories that are read on top of a snapshot: of 200 types, for more than two months. */
const HISTORIES = 50_000;

/** What a bucket holds of one account in one region: the last snapshots, and what was delivered after the newest. */
export class Deliveries {
  readonly account: string;
  readonly region: string;
  #snapshots: Delivered[] = [];
  #histories: Delivered[] = [];
  #dropped = 0;

  constructor(account: string, region: string) {
    this.account = account;
    this.region = region;
  }

  add(one: Delivered): void {
    if (one.kind === 'history') {
      this.#histories.push(one);
      if (this.#histories.length > HISTORIES * 2) this.#prune();
      return;
    }
    this.#snapshots.push(one);
    this.#snapshots.sort((a, b) => (a.at < b.at ? 1 : -1));
    this.#snapshots.length = Math.min(this.#snapshots.length, SNAPSHOTS);
  }

  /** Newest first. */
  get snapshots(): readonly Delivered[] {
    return this.#snapshots;
  }

  /** Delivered for what came after a time, oldest first. */
  historiesAfter(at: string): readonly Delivered[] {
    return this.#histories.filter((one) => one.at >= at).sort((a, b) => (a.at < b.at ? -1 : 1));
  }

  /** How many histories were too many to be kept. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Drops what no kept snapshot needs; beyond the limit the oldest, which is told. */
  #prune(): void {
    const oldest = this.#snapshots.at(-1)?.at ?? '';
    this.#histories = this.#histories.filter(({ at }) => at >= oldest);
    if (this.#histories.length <= HISTORIES) return;
    this.#histories.sort((a, b) => (a.at < b.at ? 1 : -1));
    this.#dropped += this.#histories.length - HISTORIES;
    this.#histories.length = HISTORIES;
  }
}
