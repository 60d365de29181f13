import { open } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { LedgerReader } from '../ledger/index.ts';
import { leafHash } from '../verify/index.ts';
import type { BridgeRow } from './bridge.ts';
import { EVIDENCE_COLUMNS, JSON_COLUMNS, names } from './columns.ts';
import { literal, literals } from './duckdb.ts';
import { policyVersion } from './history.ts';
import { sha256 } from './manifest.ts';
import { LAKE_SCHEMA, type PolicyVersion } from './types.ts';

const CHUNK_BYTES = 1 << 20;

/**
 * Writes the entries [from, to) as one JSON object a line, each with its index and leaf hash in front, and collects the policy
 * records on the way. Memory: one chunk and one entry bundle.
 */
export async function writeLines(
  reader: LedgerReader,
  from: number,
  to: number,
  file: string,
): Promise<PolicyVersion[]> {
  const versions: PolicyVersion[] = [];
  const output = await open(file, 'wx');
  try {
    let chunk = Buffer.allocUnsafe(CHUNK_BYTES + (1 << 17));
    let used = 0;
    const flush = async () => {
      await output.write(chunk, 0, used);
      used = 0;
    };
    for await (const { index, bytes } of from < to ? reader.entries(from, to) : []) {
      const version = policyVersion(index, bytes);
      if (version !== undefined) versions.push(version);
      const hash = Buffer.from(leafHash(sha256, bytes)).toString('hex');
      used += chunk.write(`{"log_index":${index},"leaf_hash":"${hash}",`, used, 'latin1');
      // The record is `{...}` in canonical form; its opening brace is replaced by ours.
      chunk.set(bytes.subarray(1), used);
      used += bytes.length - 1;
      chunk[used] = 0x0a;
      used += 1;
      if (used >= CHUNK_BYTES) await flush();
    }
    await flush();
    chunk = Buffer.alloc(0);
  } finally {
    await output.close();
  }
  return versions;
}

/** Reads the lines into a table `record` with every column of both shapes but the control's, in log order. */
export async function loadLines(
  connection: DuckDBConnection,
  files: readonly string[],
  origin: string,
): Promise<void> {
  const raw = Object.entries(JSON_COLUMNS).map(([name, type]) => `${literal(name)}: ${literal(type)}`);
  const columns = EVIDENCE_COLUMNS.filter(({ name }) => !CONTROL_COLUMNS.has(name)).map(
    ({ name, type, from }) => {
      const source =
        name === 'schema_version' ? literal(LAKE_SCHEMA) : name === 'origin' ? literal(origin) : from;
      return `CAST(${source} AS ${type}) AS "${name}"`;
    },
  );
  await connection.run(
    `CREATE TABLE record AS SELECT ${columns.join(', ')} FROM read_json(${literals(files)},
      format = 'newline_delimited', maximum_object_size = 1048576, columns = {${raw.join(', ')}})`,
  );
}

const CONTROL_COLUMNS = new Set(['framework', 'control', 'strength']);

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

/** SELECT of the evidence rows of `record`, in file order of columns: one row per decision and control. */
export const EVIDENCE_SELECT = `SELECT ${names(EVIDENCE_COLUMNS)}
  FROM record JOIN (SELECT map_digest AS control_map_digest, policy_id, framework, control, strength, valid_from, valid_until FROM bridge)
  USING (control_map_digest, policy_id) WHERE record_type = 'decision'
    AND strftime(recorded_at, '%Y-%m-%d') BETWEEN valid_from AND valid_until`;
