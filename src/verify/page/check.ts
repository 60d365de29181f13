import { ExhibitError, isExhibitError } from '../../record/index.ts';
import type { Anchors } from '../anchored.ts';
import {
  type Beside,
  type Contents,
  DO_NOT_RELY,
  damagedFiles,
  openPack,
  type Recorded,
  stampedPack,
  type VerifiedPack,
  verifyPack,
  verifyRecorded,
} from '../pack/index.ts';
import { parseRoots, verifyStamps } from '../timestamp/index.ts';
import type { VerifierKey } from '../types.ts';
import { parseVkey } from '../vkey.ts';
import { pageCrypto } from './crypto.ts';

/** What the reader gave. */
export interface Given {
  pack: Uint8Array;
  /** Lines of keys, as typed or read from a file. */
  keys: string;
  /** Roots of time authorities, PEM; empty where none is believed. */
  roots: string;
  /** The record that has the digest of the pack, with its proof. */
  recorded?: Beside;
}

export type Said =
  | {
      kind: 'holds';
      found: VerifiedPack;
      keys: VerifierKey[];
      /** The time stamps, where roots were given: each was checked. */
      anchors: Anchors;
      recorded?: Recorded;
    }
  /** The pack holds together; what lies beside it is of another pack, or does not hold itself. */
  | { kind: 'beside'; ofAnother: boolean; message: string; hint: string }
  | { kind: 'no key'; contents: Contents; files: number }
  | {
      kind: 'differs';
      code: string;
      message: string;
      file: string | undefined;
      hint: string;
      damaged: string[];
    }
  | { kind: 'not asked'; message: string };

/** Checks what was given, and never throws: whatever happens is said. */
export async function check(given: Given): Promise<Said> {
  let keys: VerifierKey[];
  try {
    keys = keysOf(given.keys);
    if (given.roots.trim() !== '') parseRoots(given.roots);
  } catch (error) {
    return { kind: 'not asked', message: textOf(error) };
  }
  try {
    if (keys.length === 0) {
      const { contents, files } = openPack(given.pack, pageCrypto.sha256);
      return { kind: 'no key', contents, files: files.length };
    }
    const found = await verifyPack(given.pack, { keys, crypto: pageCrypto });
    const beside = given.recorded === undefined ? undefined : await recordedBy(given.recorded, found, keys);
    if (beside !== undefined && 'kind' in beside) return beside;
    return { kind: 'holds', found, keys, anchors: await timesOf(found, given.roots), ...beside };
  } catch (error) {
    const known = isExhibitError(error);
    const hint = (known ? error.hint : undefined) ?? DO_NOT_RELY;
    return {
      kind: 'differs',
      code: known ? error.code : 'PACK_INVALID',
      message: textOf(error),
      file: known ? error.location.file : undefined,
      hint,
      damaged: damagedFiles(given.pack),
    };
  }
}

async function recordedBy(
  beside: Beside,
  found: VerifiedPack,
  keys: readonly VerifierKey[],
): Promise<{ recorded: Recorded } | Extract<Said, { kind: 'beside' }>> {
  try {
    return { recorded: await verifyRecorded(beside, found, keys, pageCrypto) };
  } catch (error) {
    if (!isExhibitError(error)) throw error;
    const ofAnother = error.details.kind === 'other pack';
    return { kind: 'beside', ofAnother, message: error.message, hint: error.hint ?? DO_NOT_RELY };
  }
}

/** @throws ExhibitError TIMESTAMP_INVALID, BLOB_MISSING */
async function timesOf(found: VerifiedPack, roots: string): Promise<Anchors> {
  if (roots.trim() === '')
    return { unchecked: found.stamps.length, where: { has: 'the pack', give: 'roots of time authorities' } };
  return { stamped: await verifyStamps(found.stamps, { ...stampedPack(found), roots: parseRoots(roots) }) };
}

/** One key a line; empty lines are passed over. @throws ExhibitError naming the line */
function keysOf(text: string): VerifierKey[] {
  return text.split(/\r?\n/).flatMap((line, at) => {
    if (line.trim() === '') return [];
    try {
      return [parseVkey(pageCrypto.sha256, line.trim())];
    } catch (cause) {
      throw new ExhibitError('USAGE', `line ${at + 1} of the keys is no verifier key: ${textOf(cause)}`, {
        cause,
      });
    }
  });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
