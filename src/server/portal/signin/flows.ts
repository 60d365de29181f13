import { createCipheriv, createDecipheriv } from 'node:crypto';
import { z } from 'zod';
import type { Clock, RandomBytes } from '../../../record/index.ts';

/** How long somebody may take at the issuer, milliseconds. */
export const FLOW_MILLISECONDS = 600_000;
/** Sign-ins of one browser that are under way at the same time, such as in several tabs. */
const MOST = 3;
/** Longest cookie that is looked at: three sign-ins are about 900 characters. */
const MOST_COOKIE = 2_048;
const [NONCE, TAG] = [12, 16];

const flowSchema = z.strictObject({
  issuer: z.int(),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** Unix milliseconds. */
  until: z.number(),
});
export type Flow = z.infer<typeof flowSchema>;

/**
 * Sign-ins that were begun, in the cookie of the browser that began them: sealed (AES-256-GCM, NIST SP 800-38D) with a key of this
 * process. The server keeps nothing of them. A restart ends them, as it ends sessions.
 */
export class Flows {
  readonly #key: Uint8Array;
  readonly #clock: Clock;
  readonly #random: RandomBytes;

  constructor(clock: Clock, random: RandomBytes) {
    this.#key = random(32);
    this.#clock = clock;
    this.#random = random;
  }

  /** The cookie with one more; the oldest makes room. @param cookie attacker-controlled */
  add(cookie: string | undefined, flow: Omit<Flow, 'until'>): string {
    const now = this.#clock();
    const all = [...this.#open(cookie), { ...flow, until: now + FLOW_MILLISECONDS }];
    return this.#seal(all.slice(-MOST));
  }

  /** The one of a state; undefined where this browser did not begin it, or it took too long. Both are attacker-controlled. */
  find(cookie: string | undefined, state: string): Flow | undefined {
    return this.#open(cookie).find((each) => each.state === state);
  }

  #open(cookie: string | undefined): Flow[] {
    if (cookie === undefined || cookie.length > MOST_COOKIE) return [];
    const bytes = Buffer.from(cookie, 'base64url');
    if (bytes.length <= NONCE + TAG) return [];
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE), {
      authTagLength: TAG,
    });
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG));
    try {
      const text = Buffer.concat([
        decipher.update(bytes.subarray(NONCE, bytes.length - TAG)),
        decipher.final(),
      ]);
      const now = this.#clock();
      return z
        .array(flowSchema)
        .parse(JSON.parse(text.toString()))
        .filter(({ until }) => now < until);
    } catch {
      // Of another run of the server, or of somebody else's making: none of ours.
      return [];
    }
  }

  #seal(flows: readonly Flow[]): string {
    const nonce = this.#random(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce, { authTagLength: TAG });
    const sealed = Buffer.concat([nonce, cipher.update(JSON.stringify(flows)), cipher.final()]);
    return Buffer.concat([sealed, cipher.getAuthTag()]).toString('base64url');
  }
}
