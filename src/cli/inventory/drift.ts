import { resolve } from 'node:path';
import type { UnnumberedRecord } from '../../engine/index.ts';
import { entriesWhere, oneOf } from '../../lake/index.ts';
import { type LedgerReader, openReader } from '../../ledger/index.ts';
import { type Digest, type EvidenceRecord, parseRecord } from '../../record/index.ts';
import { driftOf, inventoryEntry } from '../../watch/index.ts';
import type { Context } from '../context.ts';
import { PlannedPasses } from './planned.ts';
import { type Load, remembering } from './stored.ts';

const MARK = '"layer":"runtime"';
/** Verdicts that say something of a subject: an error in between does not end the pass that came before. */
const WORDS: ReadonlySet<unknown> = new Set(['pass', 'fail', 'not_applicable']);

type Word = Pick<EvidenceRecord, 'record_id' | 'verdict' | 'input_ref' | 'bundle_digest'>;

/**
 * Of what passed at runtime last and fails now, or never stood there and passed in the plan by which it was made, the record names the
 * one of the pass, and the fields that changed. What fails though
 * nothing of it changed is a change of policy and no drift.
 * @param folder evidence folder
 * @param few how many records are a short log, which is read whole
 * @returns the records, in order
 */
export async function withDrift(
  records: readonly UnnumberedRecord[],
  blobs: ReadonlyMap<Digest, Uint8Array>,
  folder: string,
  { cwd }: Pick<Context, 'cwd'>,
  few?: number,
): Promise<UnnumberedRecord[]> {
  const fails = records.filter(isFail);
  if (fails.length === 0) return [...records];
  const reader = await openReader(resolve(cwd, folder));
  try {
    const words = await lastWords(reader, fails, few);
    const before = remembering(async (ref) => reader.blob(ref));
    const now = remembering(async (ref) => blobs.get(ref));
    const fresh = fails.filter((record) => !words.has(keyOf(record)));
    const planned = await PlannedPasses.read(reader, fresh, before, few);
    const linked: UnnumberedRecord[] = [];
    for (const record of records) {
      const word = isFail(record) ? words.get(keyOf(record)) : undefined;
      if (word?.verdict === 'pass') linked.push(await link(record, word, before, now));
      else if (word === undefined && isFail(record))
        linked.push(await planned.link(record, await now(record.input_ref)));
      else linked.push(record);
    }
    return linked;
  } finally {
    await reader.close();
  }
}

async function link(
  record: UnnumberedRecord,
  word: Word,
  before: Load,
  now: Load,
): Promise<UnnumberedRecord> {
  const id = record.subject_id ?? '';
  const object = inventoryEntry(await before(word.input_ref), id);
  const drift = driftOf(
    { record_id: word.record_id, layer: 'runtime', ...(object === undefined ? {} : { object }) },
    inventoryEntry(await now(record.input_ref), id),
    word.bundle_digest !== record.bundle_digest,
  );
  if (drift.changed.length === 0 && drift.more === undefined && drift.object_unknown !== true) return record;
  const more = JSON.parse(JSON.stringify({ drift })) as UnnumberedRecord['details'];
  return { ...record, details: { ...record.details, ...more } };
}

async function lastWords(
  reader: LedgerReader,
  fails: readonly UnnumberedRecord[],
  few: number | undefined,
): Promise<Map<string, Word>> {
  const words = new Map<string, Word>();
  const { size } = await reader.checkpoint();
  const wanted = new Set(fails.map(keyOf));
  const subjects = new Set(fails.flatMap(({ subject_id }) => subject_id ?? []));
  const judged = {
    sql: `record_type = 'decision' AND layer = 'runtime' AND ${oneOf('subject_id', subjects)}`,
    marked: (bytes: Buffer) => bytes.includes(MARK),
  };
  for await (const { bytes } of entriesWhere(reader, { from: 0, to: size }, judged, { few })) {
    const record = parseRecord(bytes);
    if (record.record_type !== 'decision' || record.subject_id === undefined) continue;
    // What was asked with a clock that somebody chose is no evidence.
    if (!WORDS.has(record.verdict) || record.ext?.includes('"simulated":true') === true) continue;
    if (!wanted.has(keyOf(record))) continue;
    const { record_id, verdict, input_ref, bundle_digest } = record;
    words.set(keyOf(record), {
      record_id,
      ...(verdict === undefined ? {} : { verdict }),
      ...(input_ref === undefined ? {} : { input_ref }),
      ...(bundle_digest === undefined ? {} : { bundle_digest }),
    });
  }
  return words;
}

const isFail = ({ record_type, verdict, subject_id }: UnnumberedRecord): boolean =>
  record_type === 'decision' && verdict === 'fail' && subject_id !== undefined;

type Named = Pick<EvidenceRecord, 'policy_id' | 'rule_id' | 'subject_id' | 'environment'>;

const keyOf = ({ policy_id, rule_id, subject_id, environment }: Named): string =>
  JSON.stringify([policy_id, rule_id, subject_id, environment ?? null]);
