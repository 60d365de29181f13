import { hash } from 'node:crypto';
import type { ObjectStore } from '../../store/index.ts';
import { inParallel } from '../parallel.ts';
import type { Expected } from '../query/scope.ts';
import type { CoverageGap } from '../query/types.ts';

/**
 * Reads the objects themselves and compares their digests with the manifests: another file with as many rows and bytes is seen here only, and
 * one that is absent and should have no row.
 * @returns a gap for each that differs
 */
export async function compareObjects(
  store: Pick<ObjectStore, 'get'>,
  expected: readonly Expected[],
  stop?: AbortSignal,
): Promise<CoverageGap[]> {
  const gaps = await inParallel(
    expected,
    async ({ day, control, file }): Promise<CoverageGap | undefined> => {
      stop?.throwIfAborted();
      if (file === undefined) return undefined;
      const bytes = await store.get(file.key);
      const place = { from: day, to: day, key: file.key, ...control };
      if (bytes === undefined)
        return { kind: 'file_missing', message: `${file.key} is missing in the bucket`, ...place };
      if (`sha256:${hash('sha256', bytes, 'hex')}` === file.sha256) return undefined;
      return {
        kind: 'file_differs',
        message: `${file.key} in the bucket differs from its manifest`,
        ...place,
      };
    },
  );
  return gaps.filter((gap) => gap !== undefined);
}
