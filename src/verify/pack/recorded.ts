import { ExhibitError, isExhibitError } from '../../record/index.ts';
import { openTrusted } from '../handover.ts';
import { type ProvenRecord, parseProof, verifyProof } from '../proof.ts';
import { refuseEndedIn } from '../retired.ts';
import type { VerifierKey, VerifyCrypto } from '../types.ts';
import { hintOf } from './refuse.ts';
import { members, parseJson } from './shape.ts';
import type { VerifiedPack } from './verify.ts';

/** The record that has the digest of a pack, and its proof: two files that lie beside the pack. */
export interface Beside {
  /** Attacker-controlled, as is the proof. One line break behind it is no part of the record. */
  record: Uint8Array;
  proof: Uint8Array;
  /** Their names, for what is said of them. */
  files: { record: string; proof: string };
}

/** Where the digest of a pack stands in its log. */
export interface Recorded {
  index: number;
  size: number;
}

/** Names of the two files beside a pack. */
export function besideNames(pack: string): { record: string; proof: string } {
  return { record: `${pack}.record.json`, proof: `${pack}.tlog-proof` };
}

/**
 * That a pack is on the record of its log: a record that says its digest, and the proof of that record up to a checkpoint that the log signed, with a
 * key of the reader or one that the pack's handovers lead to.
 * @throws ExhibitError PACK_INVALID where the record is of another pack (details.kind `other pack`); PROOF_INVALID, CHECKPOINT_INVALID
 */
export async function verifyRecorded(
  beside: Beside,
  found: Pick<VerifiedPack, 'digest' | 'contents' | 'inside'>,
  keys: readonly VerifierKey[],
  crypto: VerifyCrypto,
): Promise<Recorded> {
  const { record, files } = beside;
  const { index, checkpoint } = await proven(beside, found, keys, crypto).catch((cause: unknown) => {
    if (!isExhibitError(cause) || cause.location.file !== undefined) throw cause;
    throw new ExhibitError(cause.code, `the record beside the pack: ${cause.message}`, {
      cause,
      hint: hintOf(cause, OTHER_FILES),
      location: { file: files.proof },
    });
  });
  const said = packOf(record);
  if (said !== `sha256:${found.digest}`)
    throw new ExhibitError(
      'PACK_INVALID',
      said === undefined
        ? 'the record beside the pack is no record of a pack'
        : `the record beside the pack is of another pack: it says ${said}, and this one is sha256:${found.digest}`,
      { hint: OTHER_FILES, location: { file: files.record }, details: { kind: 'other pack' } },
    );
  return { index, size: checkpoint.size };
}

const OTHER_FILES =
  'Either this is not the pack that was made: then do not rely on it. Or the record lies beside the wrong pack: then give the two files that came with this one.';

/** The record is in the log of the pack, under a checkpoint that a key signed which had not ended. */
async function proven(
  { record, proof }: Beside,
  { contents, inside }: Pick<VerifiedPack, 'contents' | 'inside'>,
  keys: readonly VerifierKey[],
  crypto: VerifyCrypto,
): Promise<ProvenRecord> {
  const origin = { origin: contents.log.origin };
  const source = (path: string) => inside.files.get(`log/${path}`);
  const { handovers } = await openTrusted(source, parseProof(proof).checkpoint, keys, crypto, origin);
  const signers = [...handovers.slice(0, 1).map(({ key }) => key), ...keys];
  const found = verifyProof(withoutBreak(record), proof, signers, crypto, origin);
  const now = source('checkpoint');
  if (now !== undefined) await refuseEndedIn(source, now, found.checkpoint, crypto);
  return found;
}

/** Canonical JSON never ends with one. */
function withoutBreak(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes;
}

/** The digest that a record of a pack says; undefined for any other record. */
function packOf(record: Uint8Array): string | undefined {
  try {
    const { emitter, details } = members(parseJson(record), 'the record');
    const { kind, pack } = members(details, 'details');
    return emitter === 'exhibit.audit' && kind === 'pack written' && typeof pack === 'string'
      ? pack
      : undefined;
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
