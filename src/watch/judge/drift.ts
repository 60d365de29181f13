import { canonicalize } from '../../record/index.ts';
import type { CiRun, EarlierPass } from '../types.ts';
import { changesBetween, type FieldChange } from './changes.ts';

/** What a fail says of the pass before it. */
export interface Drift {
  /** Id of the record of the pass. */
  before: string;
  /** Layer of that record. */
  layer: string;
  /** The run of CI that the pass is, or rests on. */
  ci?: CiRun;
  changed: FieldChange[];
  /** Fields that differ beyond those. */
  more?: number;
  /** Also the policies are others than then: what fails may be their change, and not that of a field. */
  bundle_changed?: true;
  /** The object that passed is not known, so no field can be named. */
  object_unknown?: true;
}

/** Details of a record have room for so much. */
const MOST_BYTES = 12_000;

/** @param now the object that fails, without its secrets */
export function driftOf(
  { record_id, layer, ci, object }: Pick<EarlierPass, 'record_id' | 'layer' | 'ci' | 'object'>,
  now: unknown,
  bundleChanged: boolean,
): Drift {
  const common = {
    ...{ before: record_id, layer },
    ...(ci === undefined ? {} : { ci }),
    ...(bundleChanged ? { bundle_changed: true as const } : {}),
  };
  if (object === undefined || now === undefined) return { ...common, changed: [], object_unknown: true };
  for (let most = 30; ; most = Math.floor(most / 2)) {
    const { changed, more } = changesBetween(object, now, most);
    const drift = { ...common, changed, ...(more === 0 ? {} : { more }) };
    if (most === 0 || Buffer.byteLength(canonicalize(drift)) <= MOST_BYTES) return drift;
  }
}
