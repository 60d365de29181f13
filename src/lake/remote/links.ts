import type { BridgeRow } from '../bridge.ts';
import { literal } from '../duckdb.ts';
import type { NamedSelect } from './compose.ts';

/** Columns of `control_map` beside its map and its policy. */
const OTHERS = ['framework', 'control', 'strength', 'rationale', 'valid_from', 'valid_until'] as const;

/** Links of control maps in a short form: a row for each policy, map and link of a group. Places are from 1. */
export interface Links {
  maps: string[];
  /** What a link says, in the order of the columns. */
  links: string[][];
  groups: { policies: string[]; maps: number[]; links: number[] }[];
}

/**
 * Shortens control maps. Maps name thousands of checks of other tools, many with the same links, and a map is much like the one before: written
 * row by row, one has megabytes, and no engine takes that in a statement.
 * @param columns of the links that are kept
 */
export function shorten(rows: readonly BridgeRow[], columns: readonly (typeof OTHERS)[number][]): Links {
  const maps = new Places();
  const links = new Places();
  const ofPolicy = new Map<string, Map<number, number[]>>();
  for (const row of rows) {
    const map = maps.of(row.map_digest);
    const byMap = ofPolicy.get(row.policy_id) ?? new Map<number, number[]>();
    ofPolicy.set(row.policy_id, byMap);
    const list = byMap.get(map) ?? [];
    byMap.set(map, list);
    list.push(links.of(JSON.stringify(columns.map((column) => row[column]))));
  }
  const groups = new Map<string, Links['groups'][number]>();
  for (const [policy, byMap] of ofPolicy) {
    const alike = new Map<string, { maps: number[]; links: number[] }>();
    for (const [map, list] of byMap) {
      const sorted = list.sort((a, b) => a - b);
      const found = alike.get(sorted.join()) ?? { maps: [], links: sorted };
      alike.set(sorted.join(), found);
      found.maps.push(map);
    }
    for (const { maps: inMaps, links: same } of alike.values()) {
      const key = `${inMaps.join()};${same.join()}`;
      const group = groups.get(key) ?? { policies: [], maps: inMaps, links: same };
      groups.set(key, group);
      group.policies.push(policy);
    }
  }
  return {
    maps: maps.all(),
    links: links.all().map((text) => JSON.parse(text) as string[]),
    groups: [...groups.values()],
  };
}

/** `control_map` as SELECT over three text literals. @param words of the question: columns that none of them names are left out, unless it has a star */
export function inlinedLinks(rows: readonly BridgeRow[], words: ReadonlySet<string>): NamedSelect {
  const columns = OTHERS.filter((column) => words.has('*') || words.has(column));
  const { maps, links, groups } = shorten(rows, columns);
  const json = (value: unknown) => `json_parse(${literal(JSON.stringify(value))})`;
  const fields = columns.map((column) => `"${column}" varchar`);
  const listed = columns.map((column) => `"${column}"`).join(', ');
  // A link of no column is one all the same: the rows must be as many.
  const row = columns.length === 0 ? 'ROW("none" varchar)' : `ROW(${fields.join(', ')})`;
  const given = columns.length === 0 ? links.map(() => [null]) : links;
  const chosen = columns.map((column) => `, l."${column}"`).join('');
  return {
    name: 'control_map',
    select: `SELECT m."map_digest", p."policy_id"${chosen}
FROM UNNEST(CAST(${json(groups.map((group) => [group.policies, group.maps, group.links]))} AS ARRAY(ROW("ps" ARRAY(varchar), "ms" ARRAY(bigint), "ls" ARRAY(bigint))))) AS g ("ps", "ms", "ls")
CROSS JOIN UNNEST(g."ps") AS p ("policy_id") CROSS JOIN UNNEST(g."ms") AS gm ("m") CROSS JOIN UNNEST(g."ls") AS gl ("l")
JOIN (SELECT "map_digest", "n" FROM UNNEST(CAST(${json(maps)} AS ARRAY(varchar))) WITH ORDINALITY AS x ("map_digest", "n")) m ON m."n" = gm."m"
JOIN (SELECT ${columns.length === 0 ? '"none"' : listed}, "n" FROM UNNEST(CAST(${json(given)} AS ARRAY(${row}))) WITH ORDINALITY AS y (${columns.length === 0 ? '"none"' : listed}, "n")) l ON l."n" = gl."l"`,
  };
}

/** Different texts and their places, from 1. */
class Places {
  readonly #places = new Map<string, number>();

  of(text: string): number {
    const place = this.#places.get(text) ?? this.#places.size + 1;
    this.#places.set(text, place);
    return place;
  }

  all(): string[] {
    return [...this.#places.keys()];
  }
}
