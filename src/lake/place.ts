import type { DuckDBConnection } from '@duckdb/node-api';
import { alikeColumns } from './alike.ts';
import type { BridgeRow } from './bridge.ts';
import { EVIDENCE_COLUMNS } from './columns.ts';
import { type ControlName, evidenceKey } from './keys.ts';
import { CONTROL_COLUMNS } from './load.ts';
import type { WriteJob } from './write.ts';

/** Fewest statements that the controls are divided among: two work at a time, one of them on the fact file first, and each holds the rows of its own controls only. */
const GROUPS = 5;

/**
 * Makes the statements that write the files of all controls. Controls that share no policy are written by one statement: a decision has at
 * most one row in it, so the join keeps the order of the table, and the table is read a few times, not once a control. DuckDB holds back
 * short runs of rows while it divides them among the files: a file is in log order but for those, and the same each time.
 */
export async function evidenceJobs(
  connection: DuckDBConnection,
  day: string,
  controls: readonly ControlName[],
  rows: readonly BridgeRow[],
): Promise<WriteJob[]> {
  const groups = groupControls(controls, rows);
  const links = linksOf(groups, rows);
  await connection.run(`CREATE TABLE link ("group" INTEGER, place INTEGER, map_digest VARCHAR, policy_id VARCHAR,
    framework VARCHAR, control VARCHAR, strength VARCHAR)`);
  const appender = await connection.createAppender('link');
  for (const { group, place, row } of links) {
    appender.appendInteger(group);
    appender.appendInteger(place);
    for (const name of ['map_digest', 'policy_id', 'framework', 'control', 'strength'] as const) {
      appender.appendVarchar(row[name]);
    }
    appender.endRow();
  }
  appender.closeSync();
  const columns = columnsOf(await alikeColumns(connection));
  return groups.map((members, group) => ({
    select: `SELECT ${columns}, l.place AS place FROM record r JOIN link l
      ON l.map_digest = r.control_map_digest AND l.policy_id = r.policy_id
      WHERE r.record_type = 'decision' AND l."group" = ${group}`,
    empty: `SELECT ${columns} FROM record r, link l WHERE false`,
    partition: 'place',
    files: members.map((control) => ({ key: evidenceKey(control, day), control })),
  }));
}

function columnsOf(alike: ReadonlyMap<string, string>): string {
  const expression = (name: string) =>
    alike.get(name) ?? `${CONTROL_COLUMNS.has(name) ? 'l' : 'r'}."${name}"`;
  return EVIDENCE_COLUMNS.map(({ name }) => `${expression(name)} AS "${name}"`).join(', ');
}

/** Divides controls into groups within which no two are supported by the same policy of the same map; even in number where that can be. */
export function groupControls(controls: readonly ControlName[], rows: readonly BridgeRow[]): ControlName[][] {
  const supports = new Map<string, Set<string>>();
  for (const row of rows) {
    const name = `${row.framework}/${row.control}`;
    const pairs = supports.get(name) ?? new Set();
    supports.set(name, pairs.add(`${row.map_digest} ${row.policy_id}`));
  }
  const groups: { controls: ControlName[]; pairs: Set<string> }[] = [];
  const open = () => {
    const group = { controls: [] as ControlName[], pairs: new Set<string>() };
    groups.push(group);
    return group;
  };
  for (const control of controls) {
    const pairs = supports.get(`${control.framework}/${control.control}`) ?? new Set();
    const free = groups.filter((group) => ![...pairs].some((pair) => group.pairs.has(pair)));
    const least = free.sort((a, b) => a.controls.length - b.controls.length)[0];
    const group = least === undefined || groups.length < GROUPS ? open() : least;
    group.controls.push(control);
    for (const pair of pairs) group.pairs.add(pair);
  }
  return groups.map((group) => group.controls);
}

function linksOf(groups: readonly ControlName[][], rows: readonly BridgeRow[]) {
  const places = new Map<string, { group: number; place: number }>();
  groups.forEach((members, group) => {
    members.forEach(({ framework, control }, place) => {
      places.set(`${framework}/${control}`, { group, place });
    });
  });
  return rows.flatMap((row) => {
    const at = places.get(`${row.framework}/${row.control}`);
    return at === undefined ? [] : [{ ...at, row }];
  });
}
