import { z } from 'zod';
import { ExhibitError } from '../../record/index.ts';
import { lockSchema, MOST_CELL_BYTES } from '../../store/index.ts';
import { stateSchema } from '../writer.ts';

/** What the lock of a log in a bucket holds: who writes, and what the writer knows. To replace it is the point at which a seal has happened. */
export const heldSchema = z.strictObject({
  format: z.literal('exhibit.writer/1'),
  /** Grows by one each time that a folder takes over. */
  epoch: z.int().min(1),
  /** Write-ahead logs of this epoch and later ones count; those before it are sealed. */
  floor: z.int().min(1),
  /** The folder that writes. */
  instance: z.uuid(),
  /** Its machine, for people. */
  host: z.string().max(255),
  /** New at each write of the lock. */
  commit: z.uuid(),
  /** New where the lock is written for its own sake: an earlier write that comes late is then refused. */
  touch: z.uuid().optional(),
  state: stateSchema,
  /** How what the writer writes is locked: who stands by does the same. Absent: as the bucket says. */
  locks: lockSchema.optional(),
});

export type HeldState = z.output<typeof heldSchema>;

/** @throws ExhibitError LEDGER_FORK for what is not the state of a writer */
export function parseHeld(text: string, name: string): HeldState {
  try {
    return heldSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ExhibitError('LEDGER_FORK', `${name} does not hold the state of a writer`, {
      cause,
      location: { file: name },
    });
  }
}

/** @throws ExhibitError LEDGER_IO where it is too long: then so much waits that it has to be sealed in smaller parts first */
export function formatHeld(held: HeldState, name: string): string {
  const text = `${JSON.stringify(held)}\n`;
  if (Buffer.byteLength(text) <= MOST_CELL_BYTES) return text;
  throw new ExhibitError(
    'LEDGER_IO',
    `${name}: the state of the writer has more than ${MOST_CELL_BYTES} bytes`,
    {
      location: { file: name },
    },
  );
}
