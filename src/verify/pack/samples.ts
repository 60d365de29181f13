import { ExhibitError, fromHex, type Sha256, toHex } from '../../record/index.ts';
import { joinBytes, toUtf8 } from '../bytes.ts';
import { formatCheckpoint } from '../checkpoint-body.ts';
import { count, list, type Members, members, parseJson, text, tree } from './shape.ts';
import type { PackFile } from './zip.ts';

/**
 * Draws what can be drawn again without the population: the seed follows from the state of the log and the nonce that the record of the draw
 * names, the place of each item from seed and id, and the digest of the items is that of the record. Each decision that was drawn is in the pack with its proof.
 * @param records what each record of the pack says, by index
 * @throws ExhibitError PACK_INVALID, TypeError
 */
export function checkSample(
  { path, bytes }: PackFile,
  records: ReadonlyMap<number, Members>,
  sha256: Sha256,
): void {
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
  const items = list(sample.items, 'items').map((one) => members(one, 'an item'));
  const ids = items.map(({ id }) => toUtf8(text(id, 'id')));
  const digest = sha256(joinBytes([part('exhibit.items/1'), ...ids.flatMap((id) => [length(id), id])]));
  if (`sha256:${toHex(digest)}` !== told.items_digest || items.length !== told.size)
    refuse(path, 'its items are not those of the draw');
  for (const [at, { place, row }] of items.entries()) {
    const of = members(row, 'row');
    if (place !== toHex(sha256(joinBytes([seed, ids[at] as Uint8Array]))))
      refuse(path, `the place of its item ${at + 1} does not follow from the seed`);
    if (told.unit === 'record' && items[at]?.id !== of.record_id)
      refuse(path, `its item ${at + 1} names another record than was drawn`);
    const decision = records.get(count(of.log_index, 'log_index'));
    if (decision === undefined) continue;
    if (decision.record_id !== of.record_id || decision.verdict !== of.verdict)
      refuse(path, `its item ${at + 1} is not what record ${String(of.log_index)} says`);
  }
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
