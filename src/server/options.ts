import type { Ledger, Sealed } from '../ledger/index.ts';
import type { Clock, ExhibitError, RandomBytes } from '../record/index.ts';
import type { SpoolStep } from '../spool/index.ts';
import type { FetchText } from './events/sns.ts';
import type { Log } from './log.ts';
import type { Packer } from './portal/packs.ts';
import type { Settings } from './settings.ts';

export interface ServerOptions {
  settings: Settings;
  version: string;
  clock: Clock;
  random: RandomBytes;
  log: Log;
  /** Opens the ledger in `settings.evidence`, where that is a folder, with these options for its sealing thread. */
  openLedger(sealThread: {
    every: number;
    onSeal(sealed: Sealed): void;
    onError(error: ExhibitError): void;
  }): Promise<Ledger>;
  /** What is shown to the server that has the ledger, where the settings name no file for it. */
  token?: string;
  /** Called after each durable step of a spool; for tests that stop the process there. */
  onSpoolStep?: (step: SpoolStep) => void;
  /** Threads that judge reviews, where the settings do not say; left out: none. */
  judgeThreads?: number;
  /** Salted reference for the name of a caller. */
  actorOf(name: string): string;
  /** Makes packs for the portal; left out: it offers none. */
  packer?: Packer;
  /** Milliseconds between two fetches of an issuer's keys; left out: ten seconds. */
  keysApart?: number;
  /** Milliseconds before the second try at the origin of a bundle; left out: half a second. */
  triesApart?: number;
  /** Asks Amazon SNS for what its messages name; left out: over the network. */
  fetchFromSns?: FetchText;
}
