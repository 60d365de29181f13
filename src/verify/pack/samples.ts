import { canonicalize, ExhibitError, fromHex, type Sha256, toHex } from '../../record/index.ts';
import { joinBytes, toUtf8 } from '../bytes.ts';
import { formatCheckpoint } from '../checkpoint-body.ts';
import { count, list, type Members, members, parseJson, text, tree } from './shape.ts';
import type { PackFile } from './zip.ts';

export interface CheckedSample {
  /** Drawn again over its population, which is in the pack and is the one that the record names. */
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

/** Columns of a row that are members of its record. */
const SAME = ['record_id', 'verdict', 'policy_id', 'subject_type', 'subject_id', 'environment', 'layer'];

/**
 * Draws again: the seed follows from the state of the log and the nonce that the record of the draw names, the place of each item from seed and id, and the
 * digests of population and items are those of the record. Of the population that is in the pack the seed gives these items; each row is what its record
 * says, and the id of a record or a subject follows from its row.
 * @param records what each record of the pack says, by index
 * @throws ExhibitError PACK_INVALID, TypeError
 */
export function checkSample(
  { path, bytes }: PackFile,
  records: ReadonlyMap<number, Members>,
  sha256: Sha256,
): CheckedSample {
  const sample = members(parseJson(bytes), 'it');
  const draw = members(sample.draw, 'draw');
  const record = records.get(count(draw.log_index, 'draw.log_index'));
  const told = members(record?.details, 'the record of the draw');
  if (
    record?.emitter !== 'exhibit.audit' ||
    told.kind !== 'sample drawn' ||
    record.record_id !== draw.record_id
  )
    refuse(path, 'its draw is no record of the pack');
  const { size, root } = tree(told.period_end, 'period_end');
  const origin = text(members(told.period_end, 'period_end').origin, 'origin');
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
  const whole = sample.population !== undefined;
  if (whole) {
    const all = list(sample.population, 'population').map((one) => {
      const [id, stratum] = list(one, 'population');
      return { id: text(id, 'id'), stratum: text(stratum, 'stratum') };
    });
    // The hexadecimal form has the order of the bytes.
    const sorted = all.map(({ id }) => toHex(toUtf8(id))).sort();
    if (digestOf('exhibit.population/1', sorted.map(fromHex)) !== told.population_digest)
      refuse(path, 'its population is not that of the draw');
    const drawn = list(sample.strata, 'strata').flatMap((one) => {
      const { name, size: most } = members(one, 'a stratum');
      const own = all.filter(({ stratum }) => stratum === name).map(({ id }) => [placeOf(id), id] as const);
      return own.sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, count(most, 'size'));
    });
    if (drawn.length !== ids.length || drawn.some(([, id], at) => id !== ids[at]))
      refuse(path, 'its items are not those that the seed gives over its population');
  }
  let unseen = 0;
  for (const [at, { place, row }] of items.entries()) {
    const of = members(row, 'row');
    const id = ids[at] as string;
    if (place !== placeOf(id)) refuse(path, `the place of its item ${at + 1} does not follow from the seed`);
    const subject = [of.policy_id, of.subject_type, of.subject_id, of.environment];
    if (id !== (told.unit === 'record' ? of.record_id : canonicalize(subject)))
      refuse(path, `its item ${at + 1} names another ${text(told.unit, 'unit')} than was drawn`);
    const decision = records.get(count(of.log_index, 'log_index'));
    if (decision === undefined) unseen += 1;
    else if (SAME.some((name) => (decision[name] ?? null) !== of[name]))
      refuse(path, `its item ${at + 1} is not what record ${String(of.log_index)} says`);
  }
  return { whole, unseen };
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
  throw new ExhibitError('PACK_INVALID', `the pack: ${path}: ${message}`, { location: { file: path } });
}
