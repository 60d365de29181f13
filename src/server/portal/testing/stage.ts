import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  closingDraft,
  engagementDraft,
  parseScope,
  periodEnd,
  readEngagement,
  recordActs,
} from '../../../audit/index.ts';
import { type Ledger, openLedger } from '../../../ledger/index.ts';
import { newToken } from '../../index.ts';
import { type Given, type Harness, harness } from '../../testing/harness.ts';
import { Visitor } from './visitor.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));
const DAY = 86_400_000;

export interface Stage extends Harness, Beside {}

interface Beside {
  /** Moves the clock of server and ledger, milliseconds. */
  wait(milliseconds: number): void;
  now(): number;
  /** Opens an engagement beside the server, as the command does. */
  open(more?: { framework?: string; auditor?: string; days?: number; from?: string }): Promise<string>;
  /** Works on the log beside the server, as a command does. */
  beside<T>(work: (ledger: Ledger) => Promise<T>): Promise<T>;
  close(engagement: string): Promise<void>;
  /** Asks the server for a link, as the command does. @param token of an administrator where it is not given */
  link(to: object, token?: string): Promise<Response>;
  linkUrl(to: object): Promise<string>;
  visitor(): Visitor;
  approver: string;
}

/** A server with a portal over a small log. */
export async function stage(portal: NonNullable<Given['portal']> = {}): Promise<Stage> {
  let ahead = 0;
  const clock = () => Date.now() + ahead;
  const made = { administrator: newToken(random), approver: newToken(random) };
  const own = await harness(
    {
      portal: { verify_seconds: 0, ...portal },
      auth: {
        tokens: (['administrator', 'approver'] as const).map((name) => ({
          name,
          hash: made[name].hash,
          roles: [name],
        })),
      },
    },
    clock,
  );
  const evidence = join(own.folder, 'evidence');
  const beside = async <T>(work: (ledger: Ledger) => Promise<T>) => {
    const ledger = await openLedger(evidence, { clock, random });
    try {
      return await work(ledger);
    } finally {
      await ledger.close();
    }
  };
  const link = (to: object, token = made.administrator.token) =>
    own.send('/v1/portal/links', { method: 'POST', body: JSON.stringify(to), token });
  const more: Beside = {
    wait: (milliseconds: number) => {
      ahead += milliseconds;
    },
    now: clock,
    approver: made.approver.token,
    visitor: () => new Visitor(() => own.url),
    link,
    linkUrl: async (to: object) => ((await (await link(to)).json()) as { url: string }).url,
    beside,
    open: ({ framework = 'soc2', auditor = 'actor:auditor', days = 30, from } = {}) =>
      beside(async (ledger) => {
        const today = new Date(clock()).toISOString().slice(0, 10);
        const scope = parseScope({ framework, from: from ?? today, to: today });
        const { size, root } = await ledger.checkpoint();
        const end = await periodEnd(ledger, scope);
        const { engagement, draft } = engagementDraft(
          { scope, auditor, expires: clock() + days * DAY, at_opening: { size, root }, period_end: end },
          { clock, random },
        );
        await recordActs(ledger, [draft]);
        return engagement;
      }),
    close: (id: string) =>
      beside(async (ledger) => {
        const engagement = await readEngagement(ledger, id, clock());
        await recordActs(ledger, [closingDraft(engagement, 'done', { clock, random })]);
      }),
  };
  // Descriptors and not values: where the server listens changes with a restart.
  return Object.defineProperties(more, Object.getOwnPropertyDescriptors(own)) as Stage;
}
