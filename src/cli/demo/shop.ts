import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ExhibitError } from '../../record/index.ts';

/** The example input, above the code wherever it was bundled to. */
export function findShop(from: string = import.meta.dirname): string {
  for (let at = from; ; at = dirname(at)) {
    const candidate = join(at, 'examples', 'shop');
    if (existsSync(candidate)) return candidate;
    if (dirname(at) === at) throw new ExhibitError('NOT_FOUND', 'this installation holds no examples');
  }
}
