import { hash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { LedgerReader } from '../ledger/index.ts';
import type { BridgeRow } from './bridge.ts';
import { DAILY_COUNT_COLUMNS, EVIDENCE_COLUMNS, JSON_COLUMNS, names } from './columns.ts';
import { inTransaction, literal } from './duckdb.ts';
import { policyVersion } from './history.ts';
import { keepOtherMembers } from './other-schema.ts';
import { LAKE_SCHEMA, type PolicyVersion } from './types.ts';

/** Lines that are loaded at a time: while DuckDB reads one piece in its own thread, the next is written. */
const PIECE_BYTES = 8 << 20;

/** A record has at most 65,535 bytes; with index and leaf hash in front a line stays below this. */
const LINE_BYTES = 1 << 17;

/** Kept for the next load: where many days are open, each is a load, and collecting a piece of each costs more than all else. */
let spare: Buffer | undefined;

/**
 * Loads the entries [from, to) into the table `record`, which has every column of both shapes but the control's, in log order,
 * and collects the policy records on the way. Memory beside the table: one piece and one entry bundle.
 * @param folder where pieces are written, and removed once they are loaded
 */
export async function loadEntries(
  connection: DuckDBConnection,
  reader: LedgerReader,
  from: number,
  to: number,
  folder: string,
): Promise<PolicyVersion[]> {
  await connection.run(createRecord());
  // In one transaction: rows of each that ends are copied once more, and that costs as much as reading them.
  return inTransaction(connection, async () => {
    const versions: PolicyVersion[] = [];
    const piece = spare ?? Buffer.allocUnsafe(PIECE_BYTES + LINE_BYTES);
    spare = undefined;
    let used = 0;
    let loading: Promise<unknown> = Promise.resolve();
    const flush = async (file: string) => {
      await writeFile(file, piece.subarray(0, used), { flag: 'wx', mode: 0o600 });
      used = 0;
      await loading;
      loading = connection.run(insertLines(file, reader.origin)).then(() => rm(file));
      // It is awaited before the next piece and at the end; until then a failure is nobody's surprise.
      loading.catch(() => undefined);
    };
    for await (const { index, bytes } of from < to ? reader.entries(from, to) : []) {
      const version = policyVersion(index, bytes);
      if (version !== undefined) versions.push(version);
      used += piece.write(`{"log_index":${index},"leaf_hash":"${leafHex(bytes)}",`, used, 'latin1');
      // The record is `{...}` in canonical form; its opening brace is replaced by ours.
      piece.set(bytes.subarray(1), used);
      used += bytes.length - 1;
      piece[used] = 0x0a;
      used += 1;
      if (used >= PIECE_BYTES) await flush(join(folder, `${index}.ndjson`));
    }
    if (used > 0) await flush(join(folder, `${to}.ndjson`));
    await loading;
    spare = piece;
    await keepOtherMembers(connection, reader, from, to);
    return versions;
  });
}

const leaf = new Uint8Array(LINE_BYTES);

// verify/leafHash in hexadecimal, a third of its cost: one buffer for all leaves, and no array for each hash. A test holds them together.
function leafHex(bytes: Uint8Array): string {
  leaf.set(bytes, 1);
  return hash('sha256', leaf.subarray(0, 1 + bytes.length), 'hex');
}

/** Columns of evidence that the control map gives, not the record. */
export const CONTROL_COLUMNS: ReadonlySet<string> = new Set(['framework', 'control', 'strength']);

/** Columns of the table `record`. */
const RECORD_COLUMNS = EVIDENCE_COLUMNS.filter(({ name }) => !CONTROL_COLUMNS.has(name));

function createRecord(): string {
  const columns = RECORD_COLUMNS.map(({ name, type }) => `"${name}" ${type}`);
  return `CREATE TABLE IF NOT EXISTS record (${columns.join(', ')})`;
}

function insertLines(file: string, origin: string): string {
  const raw = Object.entries(JSON_COLUMNS).map(([name, type]) => `${literal(name)}: ${literal(type)}`);
  const columns = RECORD_COLUMNS.map(({ name, type, from }) => {
    const source =
      name === 'schema_version' ? literal(LAKE_SCHEMA) : name === 'origin' ? literal(origin) : from;
    return `CAST(${source} AS ${type}) AS "${name}"`;
  });
  return `INSERT INTO record SELECT ${columns.join(', ')} FROM read_json(${literal(file)},
    format = 'newline_delimited', maximum_object_size = ${LINE_BYTES}, columns = {${raw.join(', ')}})`;
}

/** Fills a table `bridge` with control maps. */
export async function loadBridge(connection: DuckDBConnection, rows: readonly BridgeRow[]): Promise<void> {
  await connection.run(`CREATE TABLE IF NOT EXISTS bridge (map_digest VARCHAR, policy_id VARCHAR, framework VARCHAR,
    control VARCHAR, strength VARCHAR, rationale VARCHAR, valid_from VARCHAR, valid_until VARCHAR)`);
  const appender = await connection.createAppender('bridge');
  for (const row of rows) {
    for (const value of [
      row.map_digest,
      row.policy_id,
      row.framework,
      row.control,
      row.strength,
      row.rationale,
      row.valid_from,
      row.valid_until,
    ]) {
      appender.appendVarchar(value);
    }
    appender.endRow();
  }
  appender.closeSync();
}

const COUNTED = names(DAILY_COUNT_COLUMNS.filter(({ name }) => name !== 'decisions'));

/**
 * SELECT of the daily counts of `record`, sorted, so that they come the same way each time.
 * @param also more columns, after the others: what they are made of is told apart too
 */
export function dailyCountsSelect(also: readonly string[] = []): string {
  const more = also.map((column) => `, ${column}`).join('');
  return `SELECT ${COUNTED}, count(*) AS decisions${more} FROM record WHERE record_type = 'decision' GROUP BY ALL ORDER BY ALL`;
}

/** SELECT of the evidence rows of `record`, in file order of columns: one row per decision and control. */
export const EVIDENCE_SELECT = `SELECT ${names(EVIDENCE_COLUMNS)}
  FROM record JOIN (SELECT map_digest AS control_map_digest, policy_id, framework, control, strength, valid_from, valid_until FROM bridge)
  USING (control_map_digest, policy_id) WHERE record_type = 'decision'
    AND strftime(recorded_at, '%Y-%m-%d') BETWEEN valid_from AND valid_until`;
