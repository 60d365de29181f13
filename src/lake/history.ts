import type { LogReader } from '../ledger/index.ts';
import { isExhibitError } from '../record/index.ts';
import { addDays } from './days.ts';
import { findManifest, readVersions } from './manifest.ts';
import type { PolicyVersion } from './types.ts';

// Inside a JSON string the quotes would be escaped, so these bytes stand for a member named record_type only.
const MARK = Buffer.from('"record_type":"policy"');

/** The policy version that an entry announces; undefined for every other record. Cheap for what is none. */
export function policyVersion(index: number, bytes: Uint8Array): PolicyVersion | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!buffer.includes(MARK)) return undefined;
  const record = JSON.parse(buffer.toString('utf8')) as Record<string, unknown>;
  if (record.record_type !== 'policy') return undefined;
  const details = (record.details ?? {}) as Record<string, unknown>;
  const optional = (name: 'frameworks_digest' | 'policies_digest') =>
    typeof details[name] === 'string' ? { [name]: details[name] } : {};
  return {
    log_index: index,
    recorded_at: String(record.recorded_at),
    policy_revision: String(record.policy_revision),
    bundle_digest: String(record.bundle_digest),
    control_map_digest: String(record.control_map_digest),
    ...optional('frameworks_digest'),
    ...optional('policies_digest'),
  };
}

/** Policy records in [from, to), found by reading every entry. */
export async function scanVersions(reader: LogReader, from: number, to: number): Promise<PolicyVersion[]> {
  const versions: PolicyVersion[] = [];
  if (from >= to) return versions;
  for await (const { index, bytes } of reader.entries(from, to)) {
    const version = policyVersion(index, bytes);
    if (version !== undefined) versions.push(version);
  }
  return versions;
}

/**
 * Policy records before the given leaf. Takes the list of the nearest closed day, as its manifest in the log has it, and reads
 * only what came after; without a closed day it reads from the start.
 * @param day the day that the leaf belongs to, where to look back from
 */
export async function versionsBefore(
  reader: LogReader,
  index: number,
  day: string,
): Promise<PolicyVersion[]> {
  const first = await firstDay(reader);
  for (let at = addDays(day, -1); first !== undefined && at >= first; at = addDays(at, -1)) {
    const manifest = await findManifest(reader, at);
    if (manifest === undefined) continue;
    const { policies_digest, to_index } = manifest.details;
    const known = await readVersions(reader, policies_digest);
    return [...known, ...(await scanVersions(reader, to_index, index))];
  }
  return scanVersions(reader, 0, index);
}

/**
 * The same before any leaf, whatever its day. Where a manifest is not usable, by reading every entry.
 * @throws ExhibitError LEDGER_...
 */
export async function versionsUpTo(reader: LogReader, index: number): Promise<PolicyVersion[]> {
  if (index === 0) return [];
  try {
    return await versionsBefore(reader, index, await recordedDay(reader, index - 1));
  } catch (error) {
    if (!isExhibitError(error) || !UNUSABLE.has(error.code)) throw error;
    return scanVersions(reader, 0, index);
  }
}

const UNUSABLE: ReadonlySet<string> = new Set(['LAKE_MISMATCH', 'BLOB_MISSING', 'BLOB_DIGEST']);

/** The UTC day of the first record; undefined for an empty log. */
export async function firstDay(reader: LogReader): Promise<string | undefined> {
  return (await reader.checkpoint()).size === 0 ? undefined : recordedDay(reader, 0);
}

/** The UTC day on which a leaf was recorded. */
export async function recordedDay(reader: LogReader, index: number): Promise<string> {
  const { bytes } = await reader.entry(index);
  const record = JSON.parse(new TextDecoder().decode(bytes)) as { recorded_at: string };
  return record.recorded_at.slice(0, 10);
}

/** Digests of the maps that were in force at some time in [from, to): the last one before, and each one announced since. */
export function mapsInForce(versions: readonly PolicyVersion[], from: number, to: number): string[] {
  const before = versions.findLast(({ log_index }) => log_index < from);
  const during = versions.filter(({ log_index }) => log_index >= from && log_index < to);
  const digests = [...(before === undefined ? [] : [before]), ...during].map(
    (version) => version.control_map_digest,
  );
  return [...new Set(digests)].sort();
}
