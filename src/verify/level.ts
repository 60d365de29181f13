import type { SignedCheckpoint, VerifierKey } from './types.ts';

/** How far trust in a checkpoint reaches, with its evidence. Time stamps and second copies are not known here. */
export interface Level {
  /** The key of the log that signed. */
  signedBy: { name: string; id: string };
  /** Witnesses that co-signed, of those whose keys were given. */
  witnessed: { name: string; id: string; time: number | undefined }[];
  witnessesGiven: number;
}

/** The level of a checkpoint whose signatures verified. */
export function levelOf(checkpoint: SignedCheckpoint, keys: readonly VerifierKey[]): Level {
  const { name, id } = checkpoint.key;
  return {
    signedBy: { name, id },
    witnessed: checkpoint.witnesses.map(({ key, time }) => ({ name: key.name, id: key.id, time })),
    witnessesGiven: keys.filter(({ type }) => type === 'cosignature').length,
  };
}

/** One line for people: which levels were reached, and which were not. Never the bare word "verified". */
export function formatLevel(level: Level): string {
  const { signedBy, witnessed, witnessesGiven } = level;
  const by = witnessed.map(({ name, time }) => (time === undefined ? name : `${name} at ${timeText(time)}`));
  const witnesses =
    witnessesGiven === 0
      ? 'not witnessed (no witness key was given)'
      : `witnessed by ${witnessed.length} of ${witnessesGiven}${by.length > 0 ? ` (${by.join(', ')})` : ''}`;
  return `hashed; signed by ${signedBy.name}+${signedBy.id}; ${witnesses}; time stamps were not looked at`;
}

/** A witness may sign a time that is no date any more. @param time Unix seconds */
function timeText(time: number): string {
  const date = new Date(time * 1000);
  return Number.isNaN(date.getTime()) ? `second ${time} of 1970` : date.toISOString();
}
