import type { IncomingMessage } from 'node:http';
import type { Readers } from '../../audit/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { Clock, RandomBytes } from '../../record/index.ts';
import type { Log } from '../log.ts';
import { Answers } from './ask/answers.ts';
import { Books } from './beside/books.ts';
import { cookieName, cookieOf } from './cookies.ts';
import { type Packer, Packs } from './packs.ts';
import { type Session, Sessions } from './sessions.ts';
import type { PortalSetting } from './settings.ts';
import { PortalOidc } from './signin/oidc.ts';

export const SESSION_COOKIE = 'exhibit-session';
/** Ties a form that is shown before anybody is known to the browser that it was shown to. */
export const FORM_COOKIE = 'exhibit-form';

/** Sign-ins by OpenID Connect that this browser began, sealed. */
export const OIDC_COOKIE = 'exhibit-oidc';

interface PortalOptions {
  setting: PortalSetting;
  ledger: Ledger;
  /** Where packs lie until they are fetched. */
  folder: string;
  clock: Clock;
  random: RandomBytes;
  log: Log;
  packer: Packer | undefined;
  /** Who may call the server, for the pages on how evidence was made. */
  callers: Readers['callers'];
  actorOf(name: string): string;
  /** Milliseconds between two fetches of an issuer's keys; left out: ten seconds. */
  keysApart?: number | undefined;
}

/** What the portal keeps while the server runs. */
export class Portal {
  readonly setting: PortalSetting;
  readonly sessions: Sessions;
  readonly books: Books;
  readonly packs: Packs;
  readonly answers: Answers;
  readonly oidc: PortalOidc;
  /** Links that are being exchanged: two at once are one too many. */
  readonly exchanging = new Set<string>();
  #origin: string;

  constructor({ setting, ledger, folder, clock, random, log, packer, callers, keysApart }: PortalOptions) {
    this.setting = setting;
    this.#origin = setting.public_url === undefined ? '' : new URL(setting.public_url).origin;
    this.sessions = new Sessions(setting, clock, random);
    this.books = new Books({
      ...{ ledger, clock, log },
      fresh: setting.fresh_seconds,
      verifyEvery: setting.verify_seconds,
      respond: setting.respond,
      callers,
    });
    this.packs = new Packs({ folder, packer, clock, log });
    this.answers = new Answers({
      ...{ clock, random, log },
      folder: `${folder}-answers`,
      ledger: ledger.folder,
    });
    this.oidc = new PortalOidc(setting.oidc, clock, random, keysApart);
  }

  /** Scheme, host and port that browsers open. The header Host is never believed for it. */
  get origin(): string {
    return this.#origin;
  }

  /** Where the server listens, for settings without a public URL. */
  listening(url: string): void {
    if (this.#origin === '') this.#origin = new URL(url).origin;
  }

  get secure(): boolean {
    return this.#origin.startsWith('https:');
  }

  /** True for a request under the name that the portal has: another name could be anybody's who points it here. */
  isAskedFor({ headers }: IncomingMessage): boolean {
    return headers.host === new URL(this.#origin).host;
  }

  sessionOf(request: IncomingMessage): Session | undefined {
    const token = cookieOf(request, cookieName(SESSION_COOKIE, this.secure));
    return token === undefined ? undefined : this.sessions.find(token);
  }

  async close(): Promise<void> {
    await this.books.close();
    await this.packs.close();
    await this.answers.close();
  }
}
