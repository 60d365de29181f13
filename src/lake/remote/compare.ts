import type { CheckedFiles } from '../query/files.ts';
import type { Expected } from '../query/scope.ts';
import type { CheckDepth } from '../query/types.ts';
import { compareCounts } from './counts.ts';
import { compareObjects } from './objects.ts';
import type { LakeTable } from './tables.ts';
import { together } from './together.ts';
import type { RemoteEngine, RemoteLimits, RemoteOptions } from './types.ts';

/** Up to so many bytes `auto` reads the objects themselves. */
const AUTO_BYTES = 64 * 1024 * 1024;

/** Compares what the engine reads, and where asked what is in the bucket, with the manifests. */
export async function compareFiles(
  engine: RemoteEngine,
  { lake, objects, check = 'auto' }: Pick<RemoteOptions, 'lake' | 'objects' | 'check'>,
  tables: readonly LakeTable[],
  expected: readonly Expected[],
  limits: Omit<RemoteLimits, 'rowLimit'>,
): Promise<CheckedFiles> {
  const named = expected.filter(({ file }) => file !== undefined);
  const sum = (of: 'rows' | 'bytes') => named.reduce((total, { file }) => total + (file?.[of] ?? 0), 0);
  const whole = objects !== undefined && byDigest(check, sum('bytes'));
  const [{ good, gaps }, differing] = await together(
    (stop) => compareCounts(engine, lake, tables, expected, { ...limits, stop }),
    async (stop) => (whole ? compareObjects(objects, named, stop) : []),
    limits.stop,
  );
  // Of a file that the engine reads differently, that is said already.
  const bad = differing.filter(({ key }) => good.has(key ?? ''));
  const differ = new Set(bad.map(({ key }) => key));
  const same = named.filter(({ file }) => good.has(file?.key ?? '') && !differ.has(file?.key));
  return {
    good: same,
    gaps: [...gaps, ...bad].sort((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : 1)),
    rows_expected: sum('rows'),
    rows_found: same.reduce((total, { file }) => total + (file?.rows ?? 0), 0),
    checked:
      named.length === 0
        ? 'nothing to check'
        : whole
          ? 'bytes'
          : engine.tellsLength
            ? 'length and rows'
            : 'rows',
  };
}

function byDigest(check: CheckDepth, bytes: number): boolean {
  return check === 'digest' || (check === 'auto' && bytes <= AUTO_BYTES);
}
