import { ExhibitError, isExhibitError } from '../record/index.ts';
import type { BundleRecords } from './bundle.ts';
import { announcedKey, type Handover, openTrusted } from './handover.ts';
import type { LogSource } from './source.ts';
import type { SignedCheckpoint, VerifyCrypto } from './types.ts';

/** A `key` record of the log, with its index. */
export type Announced = BundleRecords['keys'][number];

/**
 * A key that was announced in the log takes over at its size: from there on no older key may sign.
 * @throws ExhibitError CHECKPOINT_INVALID
 */
export function checkSigner(
  crypto: VerifyCrypto,
  checkpoint: SignedCheckpoint,
  announced: Announced[],
): void {
  const { origin, size, key } = checkpoint;
  const successors = announced.flatMap(({ index, facts }) => {
    if (facts.key === undefined || facts.key.valid_from_size >= size) return [];
    const successor = announcedKey(crypto.sha256, origin, facts.key.vkey);
    return successor === undefined ? [] : [{ index, key: successor }];
  });
  const newest = successors.at(-1);
  if (newest === undefined || newest.key.id === key.id) return;
  throw new ExhibitError(
    'CHECKPOINT_INVALID',
    `record ${newest.index} hands the log over to the key ${newest.key.id}, but the checkpoint of size ${size} ` +
      `is signed with ${key.id}`,
    { location: { file: 'checkpoint' }, details: { kind: 'retired-key', index: newest.index, size } },
  );
}

/**
 * Refuses a checkpoint that was signed with a key beyond the size at which it handed the log over. One checkpoint or proof
 * alone cannot know of a later handover; whoever has the handovers (openTrusted gives them) asks here.
 * @param handovers of the same log
 * @throws ExhibitError CHECKPOINT_INVALID
 */
export function refuseEnded(checkpoint: SignedCheckpoint, handovers: readonly Handover[]): void {
  const { size, key } = checkpoint;
  const ended = handovers.find(({ announcedBy }) => announcedBy.key.id === key.id);
  if (ended === undefined || size <= ended.validFromSize) return;
  throw new ExhibitError(
    'CHECKPOINT_INVALID',
    `the checkpoint of size ${size} is signed with ${key.id}, which ended at size ${ended.validFromSize}: ` +
      `the log was handed over to ${ended.key.id}`,
    { details: { kind: 'retired-key', size, ended: ended.validFromSize } },
  );
}

/**
 * The same, with the handovers that a log has: those that lead from the key that signed to the checkpoint of now. Where that checkpoint is older than
 * what was opened, no key in it is a later one.
 * @param now checkpoint of the log, attacker-controlled
 * @throws ExhibitError CHECKPOINT_INVALID
 */
export async function refuseEndedIn(
  source: LogSource,
  now: string | Uint8Array,
  opened: SignedCheckpoint,
  crypto: VerifyCrypto,
): Promise<void> {
  try {
    const { handovers } = await openTrusted(source, now, [opened.key], crypto, { origin: opened.origin });
    refuseEnded(opened, handovers);
  } catch (error) {
    if (!isExhibitError(error, 'CHECKPOINT_INVALID') || error.details.kind === 'retired-key') throw error;
  }
}
