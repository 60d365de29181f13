import { type AuditWrite, type Batch as Kept, leftOut, writeOf } from '../../audit/index.ts';
import { placed, type UnnumberedRecord } from '../../engine/index.ts';
import type { Bundle } from '../../policy/index.ts';
import { canonicalize, type Digest, parseDraft, type RecordDraft } from '../../record/index.ts';
import { type AuditEvent, type Item, ingest, kubernetesAudit, readRequests } from '../../sources/index.ts';
import type { Identity } from '../auth/identity.ts';
import type { Batch } from './batch.ts';
import type { Needs } from './needs.ts';
import { Requests } from './requests.ts';
import type { KubernetesAuditSetting } from './settings.ts';

export interface BatchContext {
  emitter: string;
  identity: Identity;
  setting: KubernetesAuditSetting;
  bundle: Bundle | undefined;
}

export interface BatchRecords {
  /** The decisions of the batch, and its run last; none where no request ended in it. */
  records: RecordDraft[];
  /** The list of writes that the run's record names by `digest`. */
  list: Uint8Array;
  writes: AuditWrite[];
}

/**
 * What is recorded of a batch: a decision for each thing that admission did and the events tell, as `exhibit ingest kubernetes-audit` makes it, and one
 * run with counts of all requests. Requests that changed something stand in a list beside it, in a few words each. What only reads is a number.
 * Decisions about a request are a run of their own, known by the request's id and stage: in whichever batch it comes again, and whatever this
 * server remembers, they are the same records.
 */
export async function recordsOfBatch(
  { events, digest }: Batch,
  context: BatchContext,
  store: (list: Uint8Array) => Promise<Digest>,
  app: Needs,
): Promise<BatchRecords> {
  const names = new Map<string, string>();
  const reference = (name: string): string => {
    const known = names.get(name) ?? app.actorOf(`kubernetes ${name.slice(0, 1_000)}`);
    names.set(name, known);
    return known;
  };
  const kept = new Writes(reference);
  const requests = new Requests(events);
  const items: Item[] = [];
  const seen = (event: AuditEvent): void => {
    kept.add(event);
    requests.see(event);
  };
  for await (const item of readRequests({ values: () => located(events) }, seen))
    if (!requests.take(item)) items.push(item);
  const told = requests.told.length > 0 || items.some(({ type }) => type !== 'run');
  if (kept.requests === 0 && !told) return { records: [], list: new Uint8Array(), writes: [] };
  const records: UnnumberedRecord[] = [];
  for (const { of, raw_digest, items: own } of requests.told)
    records.push(...(await recordsOfItems(own, { run: of, raw_digest }, context, reference, app)));
  // The same events make the same records.
  const all = await recordsOfItems(items, { run: digest, raw_digest: digest }, context, reference, app);
  const list = Buffer.from(canonicalize({ schemaVersion: 1, writes: kept.listed }));
  const input_ref = await store(list);
  const run = all.pop();
  if (run === undefined) throw new Error('a batch without a run');
  const ended = parseDraft({ ...run, input_ref, details: { ...run.details, writes: kept.counts() } });
  return { records: [...([...records, ...all] as RecordDraft[]), ended], list, writes: kept.listed };
}

/** The decisions that items tell, and their run last. */
async function recordsOfItems(
  items: readonly Item[],
  of: { run: string; raw_digest: Digest },
  { emitter, identity, setting, bundle }: BatchContext,
  reference: (name: string) => string,
  app: Needs,
): Promise<UnnumberedRecord[]> {
  const { cluster, environment } = setting;
  const records: UnnumberedRecord[] = [];
  const batches = ingest([...items], {
    source: kubernetesAudit,
    report: `audit events of ${emitter}`,
    ...of,
    ...(bundle === undefined ? {} : { bundle }),
    emitter,
    ...(environment === undefined ? {} : { environment }),
    attribution: {
      actor: app.actorOf(`${identity.verified_by} ${identity.name}`),
      actor_verified_by: identity.verified_by,
    },
    reference,
    now: app.clock(),
    random: app.random,
  });
  for await (const some of batches) records.push(...some);
  return records.map((record) => placed(record, { cluster }));
}

async function* located(events: readonly unknown[]) {
  for (const [index, value] of events.entries()) yield { value, line: 1, index };
}

/** The writes of a batch. */
class Writes {
  readonly listed: AuditWrite[] = [];
  requests = 0;
  #first: string | undefined;
  #last = '';
  readonly #counted: Record<string, number> = {};
  readonly #reference: (name: string) => string;

  constructor(reference: (name: string) => string) {
    this.#reference = reference;
  }

  add(event: AuditEvent): void {
    const { time } = event;
    this.requests += 1;
    if (time !== undefined) {
      if (this.#first === undefined || time < this.#first) this.#first = time;
      if (time > this.#last) this.#last = time;
    }
    const { target } = event;
    const why = target === undefined ? undefined : leftOut(target);
    // Without a reference for who asked: of most nothing more is kept.
    const write = writeOf(event, why === undefined ? this.#reference : () => undefined);
    if (write === undefined) return;
    if (why === undefined) this.listed.push(write);
    else this.#counted[why] = (this.#counted[why] ?? 0) + 1;
  }

  counts(): Kept {
    const first = this.#first ?? EPOCH;
    return { listed: this.listed.length, counted: this.#counted, first, last: this.#last || first };
  }
}

const EPOCH = '1970-01-01T00:00:00.000Z';
