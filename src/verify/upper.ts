import { ExhibitError, type Sha256, toHex } from '../record/index.ts';
import { sameBytes } from './bytes.ts';
import { type LogSource, loadTile } from './source.ts';
import { decodeTile, TILE_WIDTH, tilePath } from './tiles.ts';
import { foldRoots } from './tree.ts';

/** Compares the tiles above level 0 with what the records lead to, as the records are read. */
export interface UpperTiles {
  /** Takes the root of the next full bundle. @throws ExhibitError LEDGER_CORRUPT */
  push(root: Uint8Array): Promise<void>;
  /** Compares the partial tiles at the right edge. @throws ExhibitError LEDGER_CORRUPT */
  finish(): Promise<void>;
}

export function upperTiles(source: LogSource, sha256: Sha256): UpperTiles {
  // pending[i]: hashes of the unfinished tile at level i + 1; done[i]: finished tiles there.
  const pending: Uint8Array[][] = [];
  const done: number[] = [];

  async function add(at: number, root: Uint8Array): Promise<void> {
    pending[at] ??= [];
    const hashes = pending[at];
    hashes.push(root);
    if (hashes.length < TILE_WIDTH) return;
    pending[at] = [];
    await compare(at, hashes);
    done[at] = (done[at] ?? 0) + 1;
    await add(at + 1, foldRoots(sha256, hashes));
  }

  async function compare(at: number, hashes: readonly Uint8Array[]): Promise<void> {
    const level = at + 1;
    const index = done[at] ?? 0;
    const path = tilePath(level, index, hashes.length);
    const stored = decodeTile(await loadTile(source, level, index, hashes.length), hashes.length, path);
    hashes.forEach((hash, i) => {
      const found = stored[i];
      if (found === undefined || !sameBytes(hash, found))
        throw differs(level, index * TILE_WIDTH + i, path, hash, found);
    });
  }

  return {
    push: (root) => add(0, root),
    async finish() {
      for (const [at, hashes] of pending.entries()) if (hashes.length > 0) await compare(at, hashes);
    },
  };
}

function differs(
  level: number,
  at: number,
  path: string,
  computed: Uint8Array,
  stored: Uint8Array | undefined,
): ExhibitError {
  const span = TILE_WIDTH ** level;
  const [first, last] = [at * span, (at + 1) * span - 1];
  const found = stored === undefined ? 'nothing' : toHex(stored);
  return new ExhibitError(
    'LEDGER_CORRUPT',
    `${path}: hash ${at % TILE_WIDTH} is ${found}, but the records ${first} to ${last} below it lead to ${toHex(computed)}: ` +
      'the tile was changed, or the records together with their own tile',
    {
      location: { file: path },
      details: { kind: 'tile', index: first, last, path, expected: found, actual: toHex(computed) },
    },
  );
}
