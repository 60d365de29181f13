import type { Clock, RandomBytes } from '../../record/index.ts';
import type { Item, ReadEvent } from '../../sources/index.ts';
import type { Log } from '../log.ts';
import type { Delivery } from './delivery.ts';
import type { EventsSetting } from './settings.ts';

export type FloodSetting = EventsSetting['flood'];

/** What was counted of one emitter in a window: the items of a run, of which each rule and subject has one. */
export interface CountedWindow {
  items: Item[];
  source: ReadEvent['source'];
  /** Over all events that were counted. */
  raw_digest: `sha256:${string}`;
  /** What makes the run itself: after a crash the same records are made again. */
  run: string;
  delivery: Delivery;
}

/** What counting a flood needs of whoever takes events: the server, or the follower of a file. */
export interface FloodHost {
  clock: Clock;
  random: RandomBytes;
  setting: FloodSetting;
  log: Log;
  /** An event was counted. */
  counted(): void;
  /** Records a window. When it resolves the records are on a disk; what it throws is tried again. */
  keep(window: CountedWindow): Promise<void>;
  /** Records that counted events are lost: of a disk that was full, after a process that was killed. */
  lost(emitter: string, events: number): Promise<void>;
}
