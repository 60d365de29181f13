import { type BridgeRow, query, readBridge } from '../lake/index.ts';
import type { LedgerReader } from '../ledger/index.ts';
import type { EvidenceRecord } from '../record/index.ts';
import { unchecked } from './coverage.ts';
import type { ExportGap } from './types.ts';

/** Maps that are kept at a time: a log may name any number. */
const KEPT = 64;

/** Control maps of a log, read when a decision first names them. */
export class ControlMaps {
  readonly #reader: LedgerReader;
  readonly #kept = new Map<string, Map<string, BridgeRow[]>>();

  constructor(reader: LedgerReader) {
    this.#reader = reader;
  }

  /** Links of a decision at the map's own version and on the day it was recorded, sorted by framework and control. */
  async of(record: EvidenceRecord): Promise<BridgeRow[]> {
    const digest = record.control_map_digest;
    if (digest === undefined) return [];
    const links = this.#kept.get(digest) ?? (await this.#read(digest));
    const day = record.recorded_at.slice(0, 10);
    return (links.get(record.policy_id ?? '') ?? []).filter(
      ({ valid_from, valid_until }) => valid_from <= day && day <= valid_until,
    );
  }

  async #read(digest: string): Promise<Map<string, BridgeRow[]>> {
    const { rows } = await readBridge(this.#reader, [digest]);
    const sorted = rows.toSorted((a, b) =>
      `${a.framework}/${a.control}` < `${b.framework}/${b.control}` ? -1 : 1,
    );
    const links = Map.groupBy(sorted, ({ policy_id }) => policy_id);
    if (this.#kept.size >= KEPT) this.#kept.delete(this.#kept.keys().next().value ?? '');
    this.#kept.set(digest, links);
    return links;
  }
}

/**
 * Decisions of a period whose control map is missing or damaged: they may be of any control, and are in none.
 * Asked before decisions are read, so that each row can say it.
 */
export async function mapGaps(
  reader: LedgerReader,
  { from, to }: { from: string; to: string },
): Promise<ExportGap[]> {
  const used = await query(reader, { name: 'control-maps-used', from, to });
  const gaps: ExportGap[] = [];
  for (const [digest, decisions] of used.rows) {
    const count = Number(decisions);
    const bridge = digest === null ? undefined : await readBridge(reader, [String(digest)]);
    const why =
      bridge === undefined
        ? 'they name no control map'
        : bridge.gaps[0] && `${digest}: ${bridge.gaps[0].message}`;
    if (why !== undefined)
      gaps.push({ kind: 'control_map', message: `${count} decisions are in no control: ${why}`, count });
  }
  return [...gaps, ...unchecked([used.coverage])];
}
