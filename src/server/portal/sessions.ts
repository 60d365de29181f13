import { createHash } from 'node:crypto';
import type { Clock, RandomBytes } from '../../record/index.ts';
import { busy } from '../http/queue.ts';
import type { PortalRole, PortalSetting } from './settings.ts';

/** Somebody who signed in: the auditor of one engagement, or a person of the team with roles. */
export interface Session {
  /** What records name it by; it lets nobody in. */
  id: string;
  /** Bound to it; undefined for the team. */
  engagement: string | undefined;
  roles: readonly PortalRole[];
  /** Salted reference. */
  actor: string;
  /** OIDC issuer, or `link`. */
  verified_by: string;
  /** What each form of this session carries. */
  csrf: string;
  /** Unix milliseconds. */
  expires: number;
  seen: number;
  /** Refusals that went on record; beyond a number they are counted only. */
  refusals: number;
  /** What was asked for in the minute that began then. */
  minute: { began: number; asked: number };
}

export type NewSession = Pick<Session, 'engagement' | 'roles' | 'actor' | 'verified_by'> & {
  /** Never longer than this, Unix milliseconds. */
  until?: number;
};

const MOST = 10_000;
/** Of one person in one engagement: the next ends the one that was used longest ago, so that nobody keeps the others out. */
const MOST_OF_ONE = 20;
/** Pages of one session in a minute. Each read is a record that stays: nobody is to fill the log with them. */
const MOST_ASKED = 120;

/** Sessions, in memory: a restart ends them all. The cookie's token is kept as its hash, so that a dump of memory holds none. */
export class Sessions {
  readonly #byToken = new Map<string, Session>();
  readonly #setting: PortalSetting;
  readonly #clock: Clock;
  readonly #random: RandomBytes;

  constructor(setting: PortalSetting, clock: Clock, random: RandomBytes) {
    this.#setting = setting;
    this.#clock = clock;
    this.#random = random;
  }

  /** @returns the token for the cookie @throws ExhibitError SERVER_BUSY */
  open({ until = Number.POSITIVE_INFINITY, ...who }: NewSession): { token: string; session: Session } {
    const now = this.#clock();
    this.#sweep(now);
    this.#makeRoom(who);
    if (this.#byToken.size >= MOST) throw busy('too many are signed in');
    const token = this.#text(32);
    const session: Session = {
      ...who,
      id: this.#text(6),
      csrf: this.#text(32),
      expires: Math.min(until, now + this.#setting.session_minutes * 60_000),
      seen: now,
      refusals: 0,
      minute: { began: now, asked: 0 },
    };
    this.#byToken.set(hashOf(token), session);
    return { token, session };
  }

  /** Whose token it is; undefined where it is over. @param token attacker-controlled */
  find(token: string): Session | undefined {
    const key = hashOf(token);
    const session = this.#byToken.get(key);
    const now = this.#clock();
    if (session === undefined) return undefined;
    if (this.#isOver(session, now)) {
      this.#byToken.delete(key);
      return undefined;
    }
    session.seen = now;
    return session;
  }

  /** False where a session asks for more than a person reads. */
  mayGoOn({ minute }: Session): boolean {
    const now = this.#clock();
    if (now - minute.began >= 60_000) Object.assign(minute, { began: now, asked: 0 });
    minute.asked += 1;
    return minute.asked <= MOST_ASKED;
  }

  end(session: Session): void {
    for (const [key, each] of this.#byToken) if (each === session) this.#byToken.delete(key);
  }

  #text(bytes: number): string {
    return Buffer.from(this.#random(bytes)).toString('base64url');
  }

  #sweep(now: number): void {
    for (const [key, session] of this.#byToken) if (this.#isOver(session, now)) this.#byToken.delete(key);
  }

  #makeRoom({ actor, verified_by, engagement }: Omit<NewSession, 'until'>): void {
    const own = [...this.#byToken.values()].filter(
      (each) => each.actor === actor && each.verified_by === verified_by && each.engagement === engagement,
    );
    const oldest = own.sort((a, b) => a.seen - b.seen).slice(0, Math.max(0, own.length - MOST_OF_ONE + 1));
    for (const each of oldest) this.end(each);
  }

  #isOver({ expires, seen }: Session, now: number): boolean {
    return now >= expires || now - seen >= this.#setting.idle_minutes * 60_000;
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
