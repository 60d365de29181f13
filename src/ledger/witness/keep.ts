import { ExhibitError } from '../../record/index.ts';
import type { FolderStore } from '../../store/index.ts';
import {
  COSIGNED_INDEX,
  cosignedPath,
  formatCosignedIndex,
  formatNote,
  formatSignature,
  type Note,
  parseCosignedIndex,
  parseNote,
  type VerifierKey,
} from '../../verify/index.ts';
import { LOG } from '../layout.ts';
import { bodyOf } from '../published.ts';

/** So many of the newest are compared with one another; what is older was compared before. */
const COMPARED = 64;
/** A day each for more than ten years. The oldest go. */
const MOST_KEPT = 4_000;

/** A co-signed checkpoint as far as it matters for what is kept. */
export interface Kept {
  size: number;
  /** Key ids of those who co-signed. */
  signers: ReadonlySet<string>;
  /** Day (UTC) of the newest cosignature, days since 1970. */
  day: number;
}

/**
 * Sizes of co-signed checkpoints that nobody needs: a newer one has all their witnesses, and a newer one is there of the same day. So for
 * each set of witnesses that a reader may ask for the newest one stays, and one of each day.
 */
export function superfluous(kept: readonly Kept[]): number[] {
  const newestFirst = [...kept].sort((a, b) => b.size - a.size);
  return newestFirst
    .filter(({ signers, day }, at) => {
      const newer = newestFirst.slice(0, at);
      return (
        newer.some((one) => [...signers].every((signer) => one.signers.has(signer))) &&
        newer.some((one) => one.day === day)
      );
    })
    .map(({ size }) => size);
}

/**
 * Keeps cosignatures beside the log, durably; to be called under the lock. A seal does not touch them. Survives a crash: first the checkpoint
 * with its cosignatures, then that the index names it, then that superfluous ones are gone.
 * @param note the signed checkpoint that was shown
 * @throws ExhibitError LEDGER_IO; LEDGER_FORK where another checkpoint of this size was co-signed before
 */
export async function keepCosigned(
  store: FolderStore,
  note: string,
  lines: readonly string[],
): Promise<void> {
  const { size } = bodyOf(note);
  const path = `${LOG}/${cosignedPath(size)}`;
  const before = await store.get(path);
  const merged = merge(parseNote(before ?? note), parseNote(note), lines, size);
  await store.put(path, Buffer.from(merged));
  const index = `${LOG}/${COSIGNED_INDEX}`;
  const listed = await store.get(index);
  const sizes = new Set([size, ...(listed === undefined ? [] : parseCosignedIndex(listed))]);
  const ordered = [...sizes].sort((a, b) => b - a);
  const gone = new Set([...(await compare(store, ordered.slice(0, COMPARED))), ...ordered.slice(MOST_KEPT)]);
  const stay = ordered.filter((one) => !gone.has(one));
  await store.put(index, Buffer.from(formatCosignedIndex(stay)));
  for (const one of gone) await store.delete(`${LOG}/${cosignedPath(one)}`);
}

async function compare(store: FolderStore, sizes: readonly number[]): Promise<number[]> {
  const kept: Kept[] = [];
  for (const size of sizes) {
    const bytes = await store.get(`${LOG}/${cosignedPath(size)}`);
    if (bytes !== undefined) kept.push(describe(Buffer.from(bytes).toString(), size));
  }
  return superfluous(kept);
}

function describe(note: string, size: number): Kept {
  const { signatures, text } = parseNote(note);
  const origin = text.split('\n')[0];
  const own = signatures.filter(({ name, signature }) => name !== origin && signature.length > 8);
  const times = own.map(({ signature }) => Number(Buffer.from(signature).readBigUInt64BE(0)));
  const day = Math.floor(Math.max(0, ...times) / 86_400);
  return { size, signers: new Set(own.map(({ name, id }) => `${name}+${id}`)), day };
}

/** All signature lines, a newer one in the place of an older one of the same key. */
function merge(before: Note, now: Note, lines: readonly string[], size: number): string {
  if (before.text !== now.text)
    throw new ExhibitError('LEDGER_FORK', `another checkpoint of size ${size} was co-signed before`, {
      location: { file: `${LOG}/${cosignedPath(size)}` },
      hint: 'Do not write on. Find out which copy is the true one, and verify it against checkpoints kept elsewhere.',
    });
  const added = parseNote(formatNote(now.text, lines)).signatures;
  const all = new Map<string, string>();
  for (const { name, id, signature } of [...now.signatures, ...before.signatures, ...added]) {
    // Only name and id of a key stand in a line.
    const key: VerifierKey = { name, id, type: 'cosignature', publicKey: new Uint8Array() };
    all.set(`${name}+${id}`, formatSignature(key, signature));
  }
  return formatNote(now.text, [...all.values()]);
}
