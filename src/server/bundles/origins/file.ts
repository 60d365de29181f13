import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ExhibitError } from '../../../record/index.ts';
import { etagOf } from '../etag.ts';
import { tooLong } from './faults.ts';
import type { Bounds, Found, OriginKind } from './types.ts';

/** A file is looked at so often even where the system tells of no change (network file systems), seconds. */
const LOOK = 2;

export const file: OriginKind = ({ file: path }) =>
  path === undefined
    ? undefined
    : {
        name: path,
        folder: dirname(path),
        every: LOOK,
        read: (...args) => readOne(path, ...args),
        close() {},
      };

async function readOne(
  path: string,
  since: string | undefined,
  { bytes: limit, signal }: Bounds,
): Promise<Found | 'unchanged'> {
  const unreadable = (cause: unknown) => {
    throw new ExhibitError('NOT_FOUND', `the bundle ${path} cannot be read`, {
      cause,
      location: { file: path },
    });
  };
  const { size } = await stat(path).catch(unreadable);
  if (size > limit) throw tooLong(path, limit);
  const bytes = await readFile(path, { signal }).catch(unreadable);
  const tag = etagOf(bytes);
  return tag === since ? 'unchanged' : { bytes, tag };
}
