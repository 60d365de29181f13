import { z } from 'zod';
import type { LogReader } from '../../ledger/index.ts';
import { isExhibitError } from '../../record/index.ts';
import { type Engagement, readEngagement } from '../engagement/engagement.ts';
import { AUDIT_EMITTER } from '../scope/draft.ts';
import type { ReadTold } from './types.ts';

/** What is done in an engagement and reads nothing: its life, and what auditor and team say to each other. */
const NO_READ: ReadonlySet<string> = new Set([
  ...[
    'engagement opened',
    'engagement closed',
    'request',
    'reply',
    'signed in',
    'link made',
    'link withdrawn',
  ],
]);

/** What the honest test says of its own read, which is on the record and is no answer to its question. */
export const HONEST_TEST = 'the honest test';

const details = z.looseObject({
  kind: z.string().default(''),
  engagement: z.string().optional(),
  what: z.string().optional(),
  name: z.string().optional(),
});

/** Tells reads within engagements from all else, and the auditor's from the team's. */
export class EngagementReads {
  readonly #reader: LogReader;
  readonly #known = new Map<string, Engagement>();

  constructor(reader: LogReader) {
    this.#reader = reader;
  }

  /** @returns undefined for what is no read within an engagement of this log */
  async readOf(
    record: {
      record_id: string;
      emitter?: string | undefined;
      actor?: string | undefined;
      actor_verified_by?: string | undefined;
      details?: Record<string, unknown> | undefined;
    },
    log_index: number,
  ): Promise<ReadTold | undefined> {
    // Any emitter could send such details; the ledger alone writes under this name.
    if (record.emitter !== AUDIT_EMITTER) return undefined;
    const told = details.safeParse(record.details ?? {});
    if (!told.success || told.data.engagement === undefined || NO_READ.has(told.data.kind)) return undefined;
    const { engagement: id, kind, what, name } = told.data;
    if (kind === 'read' && what === HONEST_TEST) return undefined;
    const engagement = await this.#engagement(id);
    if (engagement === undefined) return undefined;
    const { actor, actor_verified_by } = record;
    const auditor = actor === engagement.auditor && actor !== engagement.opened_by;
    return {
      record_id: record.record_id,
      log_index,
      engagement: id,
      kind,
      what: what ?? name ?? '',
      by: auditor ? 'auditor' : 'team',
      verified_by: actor_verified_by === 'none' ? undefined : actor_verified_by,
    };
  }

  async #engagement(id: string): Promise<Engagement | undefined> {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    try {
      const found = await readEngagement(this.#reader, id, 0);
      this.#known.set(id, found);
      return found;
    } catch (error) {
      if (isExhibitError(error, 'NOT_FOUND')) return undefined;
      throw error;
    }
  }
}
