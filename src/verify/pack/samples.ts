import { canonicalize, fromHex, type Json, type Sha256, toHex } from '../../record/index.ts';
import { joinBytes, toUtf8 } from '../bytes.ts';
import { formatCheckpoint } from '../checkpoint-body.ts';
import { allot, compareBytes } from './allot.ts';
import { refusePack } from './refuse.ts';
import { count, list, type Members, members, parseJson, text, tree } from './shape.ts';
import { type DrawSize, sampleSize } from './size.ts';
import type { PackFile } from './zip.ts';

export interface CheckedSample {
  /**
   * Drawn again over its population, which is in the pack and is the one that the record names; the log had the state that the seed is made of; and the
   * stratum of each item is known from its id. Of layers it is not, nor of policies where records are drawn: who wrote the pack said it.
   */
  whole: boolean;
  /** Items whose decision is not in the pack: what their rows say was not compared. */
  unseen: number;
}

/** In words: how much of the draws was drawn again. */
export function sampleText({
  samples,
  samples_whole,
  samples_unseen,
}: Record<'samples' | 'samples_whole' | 'samples_unseen', number>): string {
  if (samples === 0) return '0';
  const unseen = samples_unseen === 0 ? '' : `; ${samples_unseen} drawn decisions are not in the pack`;
  return `${samples}, each by its seed; ${samples_whole} of them drawn again over the whole population${unseen}`;
}

/** What of a pack a draw is held against. */
export interface DrawnLog {
  origin: string;
  /** Roots that the log had, by size: each was proven. */
  states: ReadonlyMap<number, string>;
  /** What each record of the pack says, by index. */
  records: ReadonlyMap<number, Members>;
}

/** Columns of a row that are members of its record. */
const SAME = ['record_id', 'verdict', 'policy_id', 'subject_type', 'subject_id', 'environment', 'layer'];

/**
 * Draws again: the seed follows from the state of the log and the nonce that the record of the draw names, the place of each item from seed and id, and the
 * digests of population and items are those of the record. Of the population that is in the pack the seed gives these items, so many as the method on
 * record gives; each row is what its record says, and the id of a record or a subject follows from its row.
 * @throws ExhibitError PACK_INVALID, TypeError
 */
export function checkSample(
  { path, bytes }: PackFile,
  { origin: own, states, records }: DrawnLog,
  sha256: Sha256,
): CheckedSample {
  const sample = members(parseJson(bytes), 'it');
  const draw = members(sample.draw, 'draw');
  const at = count(draw.log_index, 'draw.log_index');
  const record = records.get(at);
  const told = members(record?.details, 'the record of the draw');
  if (
    record?.emitter !== 'exhibit.audit' ||
    told.kind !== 'sample drawn' ||
    record.record_id !== draw.record_id
  )
    refuse(path, 'its draw is no record of the pack');
  for (const [name, value] of Object.entries(members(sample.details, 'details')))
    if (!isSame(value, told[name])) refuse(path, `its ${name} is not what the record of the draw says`);
  const { size, root } = tree(told.period_end, 'period_end');
  const origin = text(members(told.period_end, 'period_end').origin, 'origin');
  const proven = states.get(size);
  // Whoever chooses the state chooses the seed.
  if (origin !== own || size > at || (proven !== undefined && proven !== root))
    refuse(path, 'its seed is made of a state that the log did not have');
  const body = formatCheckpoint({ origin, size, root: fromHex(root), extensions: [] });
  const seed = sha256(joinBytes([part('exhibit.sample/1'), part(body), part(text(told.nonce, 'nonce'))]));
  if (toHex(seed) !== told.seed) refuse(path, 'the seed does not follow from the log and the nonce');
  const placeOf = (id: string) => toHex(sha256(joinBytes([seed, toUtf8(id)])));
  const digestOf = (kind: string, ids: readonly Uint8Array[]) =>
    `sha256:${toHex(sha256(joinBytes([part(kind), ...ids.flatMap((id) => [length(id), id])])))}`;
  const items = list(sample.items, 'items').map((one) => members(one, 'an item'));
  const ids = items.map(({ id }) => text(id, 'id'));
  if (digestOf('exhibit.items/1', ids.map(toUtf8)) !== told.items_digest || items.length !== told.size)
    refuse(path, 'its items are not those of the draw');
  const { strata, ...method } = methodOf(told.method);
  const labels = new Map<string, string>();
  if (sample.population !== undefined) {
    for (const one of list(sample.population, 'population')) {
      const [id, stratum] = list(one, 'population').map((value) => text(value, 'population'));
      labels.set(id ?? '', stratum ?? '');
    }
    const sorted = [...labels.keys()].sort(compareBytes);
    if (digestOf('exhibit.population/1', sorted.map(toUtf8)) !== told.population_digest)
      refuse(path, 'its population is not that of the draw');
    const known = (id: string) =>
      strata === undefined ? 'all' : isKnown(strata, told.unit) ? policyOf(id) : labels.get(id);
    if (sorted.some((id) => labels.get(id) !== known(id)))
      refuse(path, 'an item of its population is in another stratum than it says');
    const drawn = drawAgain(labels, method, placeOf);
    if (drawn.length !== ids.length || drawn.some((id, index) => id !== ids[index]))
      refuse(path, 'its items are not those that the seed gives over its population');
  }
  const whole = sample.population !== undefined && proven !== undefined && isKnown(strata, told.unit);
  let unseen = 0;
  for (const [index, { place, row }] of items.entries()) {
    const of = members(row, 'row');
    const id = ids[index] as string;
    if (place !== placeOf(id))
      refuse(path, `the place of its item ${index + 1} does not follow from the seed`);
    const subject = [of.policy_id, of.subject_type, of.subject_id, of.environment];
    if (id !== (told.unit === 'record' ? of.record_id : canonicalize(subject)))
      refuse(path, `its item ${index + 1} names another ${text(told.unit, 'unit')} than was drawn`);
    const label = strata === undefined ? 'all' : of[strata === 'layer' ? 'layer' : 'policy_id'];
    if (labels.size > 0 && labels.get(id) !== label)
      refuse(path, `its item ${index + 1} is in another stratum than it says`);
    const decision = records.get(count(of.log_index, 'log_index'));
    if (decision === undefined) unseen += 1;
    else if (SAME.some((name) => (decision[name] ?? null) !== of[name]))
      refuse(path, `its item ${index + 1} is not what record ${String(of.log_index)} says`);
  }
  return { whole, unseen };
}

/** Ids that are drawn of a population, in their order: of each stratum its share, by the places that the seed gives. */
function drawAgain(
  labels: ReadonlyMap<string, string>,
  { census, size }: { census: number; size: DrawSize },
  placeOf: (id: string) => string,
): string[] {
  const groups = new Map<string, string[]>();
  for (const [id, stratum] of labels) {
    const group = groups.get(stratum);
    if (group === undefined) groups.set(stratum, [id]);
    else group.push(id);
  }
  const shares = allot(
    sampleSize(labels.size, census, size),
    [...groups].map(([name, all]) => ({ name, population: all.length })),
  );
  return shares.flatMap(({ name, size: most }) => {
    const placed = (groups.get(name) ?? []).map((id) => [placeOf(id), id] as const);
    return placed
      .sort(([x], [y]) => (x < y ? -1 : 1))
      .slice(0, most)
      .map(([, id]) => id);
  });
}

/** Whether a stratum follows from the id alone. */
function isKnown(strata: string | undefined, unit: unknown): boolean {
  return strata === undefined || (strata === 'policy' && unit === 'subject');
}

/** The first part of the id of a subject. */
function policyOf(id: string): unknown {
  return list(JSON.parse(id), 'id')[0];
}

/** What the record of a draw says of how many are drawn. */
function methodOf(value: unknown): { census: number; size: DrawSize; strata: string | undefined } {
  const { census, size, strata } = members(value, 'method');
  return {
    census: count(census, 'census'),
    size: sizeOf(members(size, 'size')),
    strata: strata === undefined ? undefined : text(strata, 'strata'),
  };
}

function sizeOf({ by, size, confidence_ppm, tolerable_ppm, table }: Members): DrawSize {
  if (by === 'number') return { by, size: count(size, 'size') };
  if (by === 'zero deviations')
    return {
      by,
      confidence_ppm: count(confidence_ppm, 'confidence_ppm'),
      tolerable_ppm: count(tolerable_ppm, 'tolerable_ppm'),
    };
  const rows = list(members(table, 'table').rows, 'rows').map((one) => {
    const { up_to, size: own } = members(one, 'a row');
    return { size: count(own, 'size'), ...(up_to === undefined ? {} : { up_to: count(up_to, 'up_to') }) };
  });
  return { by: 'table', table: { rows } };
}

function isSame(a: unknown, b: unknown): boolean {
  return b !== undefined && canonicalize(a as Json) === canonicalize(b as Json);
}

/** A length of 8 bytes, most significant first. */
function length(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setUint32(4, bytes.length);
  return out;
}

function part(value: string): Uint8Array {
  const bytes = toUtf8(value);
  return joinBytes([length(bytes), bytes]);
}

function refuse(path: string, message: string): never {
  refusePack(`${path}: ${message}`, path);
}
