import { z } from 'zod';
import { entriesWhere, oneOf, versionsUpTo, type Where } from '../../lake/index.ts';
import type { LogReader } from '../../ledger/index.ts';
import { formatInstant, isGenerated } from '../../record/index.ts';
import { receivedWrites } from '../admission/batches.ts';
import { AUDIT_EMITTER } from '../scope/draft.ts';
import { BundlesTold } from './bundles.ts';
import { EngagementReads } from './reads.ts';
import type { GateRunTold, HonestFacts, MadeUp, MergeTold, OverrideTold } from './types.ts';

export interface HonestOptions {
  /** Unix milliseconds by the ledger's clock; both included. */
  from: number;
  to: number;
  /** Runs of gates, of whatever time. */
  runs: readonly GateRunTold[];
  /** What stands as policy in the decisions about merged changes. */
  gated: string;
  /** An engagement of which reads count also where they came after the period: audits come after what they are about. */
  engagement?: string;
  progress?: (done: number, total: number) => void;
  /** How many records are a short stretch of a log, which is read whole. */
  few?: number;
}

/** Canonical JSON has no white space: a mark is found in no other place. */
const MARKS = [
  '"record_type":"run"',
  '"record_type":"decision"',
  '"record_type":"override"',
  '"record_type":"policy"',
  '"record_type":"query"',
  '"record_type":"access"',
].map((mark) => Buffer.from(mark));

const DECISION = Buffer.from('"record_type":"decision"');
const ADMISSION = Buffer.from('"layer":"admission"');

/** What `take` and `madeUp` look at. @param gated policy of the decisions about merged changes */
function factsOf(gated: string): Where {
  const gate = Buffer.from(`"policy_id":${JSON.stringify(gated)}`);
  return {
    sql: `record_type IN ('override', 'policy')
  OR (${READS})
  OR (record_type = 'run' AND layer = 'ci' AND details LIKE '%"demo":true%')
  OR (record_type = 'decision' AND ${oneOf('policy_id', new Set([gated]))})
  OR (record_type = 'decision' AND layer = 'admission' AND verdict = 'fail' AND disposition = 'enforced')`,
    marked: (bytes) =>
      MARKS.some((mark) => bytes.includes(mark)) &&
      (!bytes.includes(DECISION) || bytes.includes(gate) || bytes.includes(ADMISSION)),
  };
}
const READS = `record_type IN ('query', 'access') AND emitter = '${AUDIT_EMITTER}'`;

const entry = z.looseObject({
  record_id: z.string(),
  record_type: z.string(),
  emitter: z.string().optional(),
  layer: z.string().optional(),
  tool: z.string().optional(),
  actor: z.string().optional(),
  actor_verified_by: z.string().optional(),
  run_id: z.string().optional(),
  policy_id: z.string().optional(),
  subject_id: z.string().optional(),
  subject_name: z.string().optional(),
  verdict: z.string().optional(),
  disposition: z.string().optional(),
  repository: z.string().optional(),
  commit: z.string().optional(),
  override_id: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
  ext: z.string().optional(),
});
type Entry = z.infer<typeof entry>;
const parseEntry = (bytes: Uint8Array): Entry =>
  entry.parse(JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()));

const mergeDetails = z.object({
  merged_at: z.string(),
  merge_commit: z.string().optional(),
  refused: z.array(z.object({ record_id: z.string() })).default([]),
});
const ticketCheck = z.object({ state: z.enum(['open', 'closed', 'missing', 'unchecked']) });

/**
 * Reads a period of the log for what the four questions are answered from.
 * @throws ExhibitError LEDGER_..., BLOB_...
 */
export async function readHonestFacts(reader: LogReader, options: HonestOptions): Promise<HonestFacts> {
  const { from, to, runs, gated, few, progress } = options;
  const first = await reader.firstAt(formatInstant(from));
  const last = await reader.firstAt(formatInstant(to + 1));
  const found: Found = {
    merges: new Map(),
    denials: [],
    overrides: [],
    reads: [],
    engagements: new EngagementReads(reader),
    bundles: new BundlesTold(reader),
    made_up: { runs: 0, denials: 0, reads: 0, overrides: 0 },
  };
  for await (const bundle of inForce(reader, first)) await found.bundles.add(bundle);
  const period = { from: first, to: last };
  for await (const { index, bytes } of entriesWhere(reader, period, factsOf(gated), { few, progress })) {
    const record = parseEntry(bytes);
    if (record.ext?.includes('"simulated":true') === true) continue;
    if (isGenerated(record.details)) {
      const kind = await madeUp(record, index, found.engagements);
      if (kind !== undefined) found.made_up[kind] += 1;
      continue;
    }
    await take(record, index, { found, gated });
  }
  if (options.engagement !== undefined)
    found.reads.push(...(await readsAfter(reader, last, options.engagement, { few, found })));
  const { writes, unreadable } = await receivedWrites(reader, { from, to, emitter: '**', few });
  const { bundles, engagements: _, merges, ...rest } = found;
  const { blocking_in_ci, asking_for_a_pass } = bundles;
  return {
    ...rest,
    ...{ merges: [...merges.values()], runs, writes, blocking_in_ci, asking_for_a_pass },
    lists_unread: unreadable.length,
  };
}

async function readsAfter(
  reader: LogReader,
  from: number,
  engagement: string,
  { few, found }: { few: number | undefined; found: Found },
): Promise<HonestFacts['reads'][number][]> {
  const mark = Buffer.from(JSON.stringify(engagement));
  const reads: HonestFacts['reads'][number][] = [];
  const { size } = await reader.checkpoint();
  const where = { sql: READS, marked: (bytes: Buffer) => bytes.includes(mark) };
  for await (const { index, bytes } of entriesWhere(reader, { from, to: size }, where, { few })) {
    const record = parseEntry(bytes);
    const read = await found.engagements.readOf(record, index);
    if (read?.engagement === engagement) reads.push(read);
  }
  return reads;
}

/** Details of the bundles that were in force when the period began: the last one of each policy repository. */
async function* inForce(reader: LogReader, first: number): AsyncGenerator<Entry['details']> {
  const last = new Map<unknown, Entry['details']>();
  for (const { log_index } of await versionsUpTo(reader, first)) {
    const { bytes } = await reader.entry(log_index);
    const { details } = parseEntry(bytes);
    if (!isGenerated(details)) last.set(details?.lineage, details);
  }
  yield* last.values();
}

interface Found {
  /** By address: an import that was repeated later knows more. */
  merges: Map<string, MergeTold>;
  denials: HonestFacts['denials'][number][];
  overrides: OverrideTold[];
  reads: HonestFacts['reads'][number][];
  engagements: EngagementReads;
  bundles: BundlesTold;
  made_up: MadeUp;
}

/** What a record that was made up would be, if it were none; undefined for what answers no question. */
async function madeUp(
  record: Entry,
  log_index: number,
  engagements: EngagementReads,
): Promise<keyof MadeUp | undefined> {
  switch (record.record_type) {
    case 'run':
      return record.layer === 'ci' ? 'runs' : undefined;
    case 'decision':
      return isDenial(record) ? 'denials' : undefined;
    case 'override':
      return 'overrides';
    case 'query':
    case 'access':
      return (await engagements.readOf(record, log_index)) === undefined ? undefined : 'reads';
    default:
      return undefined;
  }
}

function isDenial({ layer, verdict, disposition }: Entry): boolean {
  return layer === 'admission' && verdict === 'fail' && disposition === 'enforced';
}

interface Taking {
  found: Found;
  gated: string;
}

async function take(record: Entry, log_index: number, { found, gated }: Taking): Promise<void> {
  const { record_id } = record;
  switch (record.record_type) {
    case 'decision': {
      const { run_id, policy_id = '', subject_id = '', subject_name = subject_id } = record;
      const merge = policy_id === gated ? mergeOf(record, log_index) : undefined;
      if (merge !== undefined) found.merges.set(merge.url, merge);
      else if (isDenial(record) && run_id !== undefined)
        found.denials.push({ record_id, log_index, run_id, policy_id, subject: subject_name });
      return;
    }
    case 'override':
      found.overrides.push(overrideOf(record, log_index));
      return;
    case 'policy':
      await found.bundles.add(record.details);
      return;
    case 'query':
    case 'access': {
      const read = await found.engagements.readOf(record, log_index);
      if (read !== undefined) found.reads.push(read);
      return;
    }
    default:
  }
}

function mergeOf(record: Entry, log_index: number): MergeTold | undefined {
  const told = mergeDetails.safeParse(record.details);
  if (!told.success) return undefined;
  const { merged_at, merge_commit, refused } = told.data;
  return {
    record_id: record.record_id,
    log_index,
    repository: record.repository ?? '',
    url: record.subject_id ?? '',
    head: record.commit ?? '',
    merge_commit,
    merged_at,
    verdict: record.verdict ?? '',
    refused: refused.map((one) => one.record_id),
  };
}

const FIELDS = ['owner', 'approver', 'ticket', 'sunset'] as const;

function overrideOf(
  { record_id, override_id = '', details = {}, tool }: Entry,
  log_index: number,
): OverrideTold {
  const kind = override_id.startsWith('bypass:') ? 'bypass' : tool === 'exhibit' ? 'granted' : 'suppression';
  const check = ticketCheck.safeParse(details.ticket_check);
  return {
    record_id,
    log_index,
    id: override_id,
    kind,
    missing: FIELDS.filter((field) => typeof details[field] !== 'string' || details[field] === ''),
    ticket: check.success ? check.data.state : 'unchecked',
  };
}
