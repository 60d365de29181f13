import { z } from 'zod';
import type { LedgerReader } from '../ledger/index.ts';
import { type Digest, isDigest, isExhibitError } from '../record/index.ts';
import { type ControlName, splitControl } from './keys.ts';
import type { DayGap } from './types.ts';

/** One line of a control map: the bridge from a decision's map and policy to a control. */
export interface BridgeRow extends ControlName {
  map_digest: string;
  policy_id: string;
  strength: string;
  rationale: string;
}

export interface Bridge {
  rows: BridgeRow[];
  gaps: DayGap[];
}

const mapSchema = z.object({
  entries: z.array(
    z.object({ policy_id: z.string(), control: z.string(), strength: z.string(), rationale: z.string() }),
  ),
});

/**
 * Reads control maps. A map that is missing or damaged becomes a gap: its decisions are then in the fact table only, and the
 * day's manifest says so.
 */
export async function readBridge(reader: LedgerReader, digests: Iterable<string>): Promise<Bridge> {
  const bridge: Bridge = { rows: [], gaps: [] };
  for (const digest of [...new Set(digests)].sort()) {
    const { rows, gaps } = await readMap(reader, digest);
    bridge.rows.push(...rows);
    bridge.gaps.push(...gaps);
  }
  return bridge;
}

async function readMap(reader: LedgerReader, digest: string): Promise<Bridge> {
  const gap = (message: string): Bridge => ({
    rows: [],
    gaps: [{ kind: 'damaged_control_map', message, count: 1, control_map_digest: digest }],
  });
  if (!isDigest(digest)) return gap('the digest of the control map is malformed');
  try {
    return parseMap(digest, await reader.blob(digest));
  } catch (cause) {
    if (isExhibitError(cause, 'BLOB_MISSING')) return gap('the control map is not in the ledger’s blobs');
    if (isExhibitError(cause, 'BLOB_DIGEST')) return gap('the control map differs from its digest');
    if (cause instanceof z.ZodError || cause instanceof SyntaxError) {
      return gap('the blob is not a control map');
    }
    throw cause;
  }
}

function parseMap(digest: Digest, bytes: Uint8Array): Bridge {
  const { entries } = mapSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  const rows = new Map<string, BridgeRow>();
  let unusable = 0;
  for (const { policy_id, control: name, strength, rationale } of entries) {
    const control = splitControl(name);
    if (control === undefined) unusable += 1;
    // One row per policy and control: a doubled line must not double the decisions.
    else if (!rows.has(`${policy_id}\n${name}`)) {
      rows.set(`${policy_id}\n${name}`, { map_digest: digest, policy_id, ...control, strength, rationale });
    }
  }
  const gaps: DayGap[] =
    unusable === 0
      ? []
      : [
          {
            kind: 'damaged_control_map',
            message: 'entries of the control map name no usable control (framework/control)',
            count: unusable,
            control_map_digest: digest,
          },
        ];
  return { rows: [...rows.values()], gaps };
}

/** Controls that some maps name, each once, sorted by framework and control. */
export function controlsOf(rows: Iterable<BridgeRow>, maps?: ReadonlySet<string>): ControlName[] {
  const found = new Map<string, ControlName>();
  for (const { map_digest, framework, control } of rows) {
    if (maps === undefined || maps.has(map_digest)) {
      found.set(`${framework}/${control}`, { framework, control });
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, control]) => control);
}

/** Those of some maps that could be read, also when they name nothing. */
export function readableMaps(maps: Iterable<string>, { rows, gaps }: Bridge): string[] {
  const named = new Set(rows.map((row) => row.map_digest));
  const damaged = new Set(gaps.map((gap) => gap.control_map_digest));
  return [...maps].filter((digest) => named.has(digest) || !damaged.has(digest)).sort();
}
