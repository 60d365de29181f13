import { ExhibitError, toHex } from '../record/index.ts';
import { checkTime } from './bundle.ts';
import { type CheckBundle, checkBundle, inOrder } from './bundles.ts';
import { sameBytes } from './bytes.ts';
import { openCosigned, readCosigned } from './cosigned.ts';
import type { ReadEntry } from './entry.ts';
import { locate } from './find.ts';
import { type Handover, openTrusted } from './handover.ts';
import { compareWithKnown, type KnownRoots, knownRoots } from './known.ts';
import { type Announced, checkSigner } from './retired.ts';
import type { LogSource } from './source.ts';
import type { FoundStamp } from './stamp.ts';
import { entriesPath, TILE_WIDTH } from './tiles.ts';
import { growingTree } from './tree.ts';
import type { Checkpoint, SignedCheckpoint, VerifierKey, VerifyCrypto } from './types.ts';
import { upperTiles } from './upper.ts';

export interface LogOptions {
  /** The log that is expected; any log of the given keys where it is left out. */
  origin?: string;
  /**
   * Checkpoints seen before: signed notes, whose signature is checked, or sizes and roots from another safe place. The log
   * must contain each of them.
   */
  known?: readonly (string | Checkpoint)[];
  /**
   * Where given, every entry must be a record (readEntry or readRecord), recorded_at must not decrease, and a key whose
   * successor was announced signs no more. Without it, entries are bytes.
   */
  readEntry?: ReadEntry;
  /** Stands in for reading and checking a bundle here, such as a pool of threads. */
  checkBundle?: CheckBundle;
  /** How many bundles are in work at once. Default 4. */
  window?: number;
  /** Called after every bundle with the number of records checked. */
  progress?: (records: number, size: number) => void;
}

export interface VerifiedLog {
  checkpoint: SignedCheckpoint;
  /** Handovers from a given key to the one that signed, newest first. */
  handovers: Handover[];
  /** How many checkpoints seen before the log contains. */
  known: number;
  /** Checkpoints with cosignatures that the log keeps, newest first, as far as the given keys open them. The log contains each. */
  cosigned: SignedCheckpoint[];
  /** recorded_at of the first and last record; only where entries were read and there are any. */
  recorded?: { first: string; last: string };
  /** Time stamps that the log has of itself, in its order. Their tokens were not looked at; only where entries were read. */
  stamps: FoundStamp[];
}

/**
 * Verifies a whole log: the signature of its checkpoint, every entry against its leaf hash, all tiles, the root, and the
 * checkpoints that were seen before or that witnesses co-signed. Memory does not grow with the log.
 *
 * @param source attacker-controlled files
 * @param keys verifier keys of the log (and of witnesses) that the reader trusts
 * @throws ExhibitError LEDGER_NOT_FOUND, CHECKPOINT_INVALID, LEDGER_ROLLBACK, LEDGER_FORK, LEDGER_CORRUPT, RECORD_INVALID,
 *   RECORD_NOT_CANONICAL; the message and details say where
 */
export async function verifyLog(
  source: LogSource,
  crypto: VerifyCrypto,
  keys: readonly VerifierKey[],
  options: LogOptions = {},
): Promise<VerifiedLog> {
  // Before the checkpoint, so that none of them is newer than it.
  const kept = await readCosigned(source);
  const note = await source('checkpoint');
  if (note === undefined) {
    throw new ExhibitError('LEDGER_NOT_FOUND', 'the log has no checkpoint', {
      location: { file: 'checkpoint' },
    });
  }
  const { checkpoint, handovers } = await openTrusted(source, note, keys, crypto, originOf(options));
  const known = await openKnown(source, crypto, keys, checkpoint, options);
  const cosigned = await openCosigned(source, kept, keys, crypto, checkpoint.origin);
  compareWithKnown(checkpoint, [...known, ...cosigned]);
  // The log must also contain what its older keys signed when they handed it over.
  const earlier = [...known, ...cosigned, ...handovers.map(({ announcedBy }) => announcedBy)];
  compareWithKnown(checkpoint, earlier);
  const { recorded, stamps } = await verifyTree(source, crypto, checkpoint, knownRoots(earlier), options);
  return {
    checkpoint,
    handovers,
    known: known.length,
    cosigned,
    stamps,
    ...(recorded === undefined ? {} : { recorded }),
  };
}

async function openKnown(
  source: LogSource,
  crypto: VerifyCrypto,
  keys: readonly VerifierKey[],
  { origin }: Checkpoint,
  options: LogOptions,
): Promise<Checkpoint[]> {
  const opened: Checkpoint[] = [];
  for (const one of options.known ?? []) {
    opened.push(
      typeof one === 'string' ? (await openTrusted(source, one, keys, crypto, { origin })).checkpoint : one,
    );
  }
  return opened;
}

async function verifyTree(
  source: LogSource,
  crypto: VerifyCrypto,
  checkpoint: SignedCheckpoint,
  known: KnownRoots,
  options: LogOptions,
): Promise<Pick<VerifiedLog, 'recorded' | 'stamps'>> {
  const { sha256 } = crypto;
  const { size } = checkpoint;
  const check = options.checkBundle ?? ((request) => checkBundle(source, sha256, request, options.readEntry));
  const tree = growingTree(sha256);
  const upper = upperTiles(source, sha256);
  let rest: Uint8Array | undefined;
  let first: string | undefined;
  let last = '';
  const keys: Announced[] = [];
  const stamps: FoundStamp[] = [];
  known.check(0, () => tree.root());
  for await (const { request, result } of inOrder(check, size, known, options.window ?? 4, (error) =>
    locate(source, size, error),
  )) {
    const { index, width, cuts } = request;
    const start = index * TILE_WIDTH;
    cuts.forEach((cut, i) => {
      known.check(start + cut, () => tree.root(result.cutRoots[i]));
    });
    if (width === TILE_WIDTH) {
      tree.push(result.root);
      await upper.push(result.root);
    } else rest = result.root;
    if (start + width < size) known.check(start + width, () => tree.root());
    if (result.records !== undefined) {
      checkTime(last, result.records.first, start, entriesPath(index, width));
      first ??= result.records.first;
      last = result.records.last;
      keys.push(...result.records.keys);
      stamps.push(...(result.records.stamps ?? []));
    }
    options.progress?.(start + width, size);
  }
  await upper.finish();
  const root = tree.root(rest);
  if (!sameBytes(root, checkpoint.root)) throw rebuilt(checkpoint, root, known.confirmed());
  known.check(size, () => root);
  checkSigner(crypto, checkpoint, keys);
  return { stamps, ...(first === undefined ? {} : { recorded: { first, last } }) };
}

function rebuilt(checkpoint: Checkpoint, root: Uint8Array, confirmed: number): ExhibitError {
  const { size } = checkpoint;
  return new ExhibitError(
    'LEDGER_CORRUPT',
    `records and tiles agree with each other and lead to the root ${toHex(root)}, but the signed checkpoint of size ${size} ` +
      `says ${toHex(checkpoint.root)}: some of the records ${confirmed} to ${size - 1} were changed with their tiles`,
    {
      location: { file: 'checkpoint' },
      details: {
        kind: 'rebuilt',
        index: confirmed,
        last: size - 1,
        path: 'checkpoint',
        expected: toHex(checkpoint.root),
        actual: toHex(root),
      },
      hint: 'Give checkpoints seen before: they narrow down which records were changed.',
    },
  );
}

const originOf = ({ origin }: LogOptions): { origin?: string } => (origin === undefined ? {} : { origin });
