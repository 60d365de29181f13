import { z } from 'zod';
import { addDays, dayStart } from '../../lake/index.ts';
import type { LogReader } from '../../ledger/index.ts';
import { controlLinks, inEffect } from '../../policy/index.ts';
import {
  type Digest,
  type EvidenceRecord,
  ExhibitError,
  isExhibitError,
  parseRecord,
} from '../../record/index.ts';
import type { Scope } from '../scope/scope.ts';
import type { Asked } from './types.ts';

const uuid = z.uuid();

/**
 * Records by their ids, in the order given. An id that is none, or that the log has not, is asked for without an entry.
 * @param within refuses a record of other days, and a decision that is not known to speak of the framework
 * @throws ExhibitError ENGAGEMENT_SCOPE
 */
export async function* byId(
  reader: LogReader,
  ids: readonly string[],
  within?: Scope,
): AsyncGenerator<Asked> {
  const maps = new Maps(reader);
  // All of them before the first is given: a list that reaches outside is refused whole.
  for (const record_id of within === undefined ? [] : ids) {
    const { entry } = await named(reader, record_id);
    if (entry !== undefined && within !== undefined) await requireOf(within, entry.record, maps);
  }
  for (const record_id of ids) yield await named(reader, record_id);
}

async function named(reader: LogReader, record_id: string): Promise<Asked> {
  const index = uuid.safeParse(record_id).success ? await reader.find(record_id) : undefined;
  if (index === undefined) return { record_id };
  return { record_id, entry: { index, record: parseRecord((await reader.entry(index)).bytes) } };
}

async function requireOf({ framework, from, to }: Scope, record: EvidenceRecord, maps: Maps): Promise<void> {
  const day = record.recorded_at.slice(0, 10);
  const links = await maps.of(record);
  if (day >= from && day <= to && links?.some((name) => name.startsWith(`${framework}/`)) === true) return;
  throw new ExhibitError(
    'ENGAGEMENT_SCOPE',
    `record ${record.record_id} is not a decision about ${framework} from ${from} to ${to}`,
  );
}

export interface Selection extends Scope {
  /** `cc6.1`, without its framework; undefined: all of them. */
  control?: string | undefined;
  /** Most decisions; undefined: all. */
  limit?: number | undefined;
  /** Leave out what is not known to be of the framework, and count it. */
  known?: boolean;
}

/** Counts of a selection, filled while it is read. */
export interface Selected {
  /** Decisions of the scope. */
  decisions: number;
  /** Decisions of the period whose control map cannot be read: whether they belong to the scope is not known, and they are asked for. */
  unknown: number;
  /** Those of the unknown that were left out. They are not among `decisions`. */
  left_out: number;
}

/**
 * Decisions recorded in a period that speak of a framework, or of one of its controls, by the control map that each of them names. All
 * are counted; the first `limit` of them, by their order in the log, are given.
 */
export async function* ofScope(
  reader: LogReader,
  { framework, control, from, to, limit = Number.POSITIVE_INFINITY, known = false }: Selection,
  counts: Selected,
  onRead: (done: number, of: number) => void = () => {},
): AsyncGenerator<Asked> {
  const first = await reader.firstAt(dayStart(from));
  const end = await reader.firstAt(dayStart(addDays(to, 1)));
  const maps = new Maps(reader);
  const wanted = control === undefined ? undefined : `${framework}/${control}`;
  for await (const { index, bytes } of reader.entries(first, end)) {
    onRead(index - first + 1, end - first);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!text.includes('"record_type":"decision"')) continue;
    const record = parseRecord(bytes);
    if (record.record_type !== 'decision') continue;
    const links = await maps.of(record);
    if (links === undefined) {
      counts.unknown += 1;
      if (known) {
        counts.left_out += 1;
        continue;
      }
    } else if (
      !links.some((name) => (wanted === undefined ? name.startsWith(`${framework}/`) : name === wanted))
    )
      continue;
    counts.decisions += 1;
    if (counts.decisions <= limit) yield { record_id: record.record_id, entry: { index, record } };
  }
}

const linkSchema = z.object({
  control: z.string(),
  from: z.string().optional(),
  until: z.string().optional(),
});
const mapSchema = z.object({
  entries: z.array(z.object({ policy_id: z.string(), ...linkSchema.shape })),
  groups: z.array(z.object({ policy_ids: z.array(z.string()), controls: z.array(linkSchema) })).default([]),
});

/** Controls that policies support, by the maps that records name. */
class Maps {
  readonly #reader: LogReader;
  readonly #maps = new Map<
    string,
    Map<string, { control: string; from?: string; until?: string }[]> | undefined
  >();

  constructor(reader: LogReader) {
    this.#reader = reader;
  }

  /** @returns undefined where the map is not kept or is damaged */
  async of({
    control_map_digest,
    policy_id = '',
    recorded_at,
  }: EvidenceRecord): Promise<string[] | undefined> {
    // Without a map there are no controls: other tools' records have none.
    if (control_map_digest === undefined) return [];
    if (!this.#maps.has(control_map_digest))
      this.#maps.set(control_map_digest, await this.#read(control_map_digest as Digest));
    const map = this.#maps.get(control_map_digest);
    if (map === undefined) return undefined;
    const day = recorded_at.slice(0, 10);
    return (map.get(policy_id) ?? []).filter((link) => inEffect(link, day)).map(({ control }) => control);
  }

  async #read(digest: Digest) {
    try {
      const map = mapSchema.parse(JSON.parse(Buffer.from(await this.#reader.blob(digest)).toString('utf8')));
      const links = controlLinks(map as Parameters<typeof controlLinks>[0]);
      return Map.groupBy(links, ({ policy_id }) => policy_id);
    } catch (error) {
      if (isExhibitError(error, 'BLOB_MISSING') || isExhibitError(error, 'BLOB_DIGEST')) return undefined;
      if (error instanceof z.ZodError || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }
}
