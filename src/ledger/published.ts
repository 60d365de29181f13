import { ExhibitError, toHex } from '../record/index.ts';
import type { FolderStore } from '../store/index.ts';
import { type Checkpoint, parseCheckpoint, parseNote } from '../verify/index.ts';
import { CHECKPOINT } from './layout.ts';
import type { Writer, WriterState } from './writer.ts';

/** The checkpoint in a signed note that this process or its predecessor signed. */
export function bodyOf(note: string): Checkpoint {
  return parseCheckpoint(parseNote(note).text);
}

/**
 * Compares what readers see with what was signed last. After a crash between commit and publishing, the folder shows the
 * checkpoint before: then the last one is published now. Anything else means that folder and lock belong to different pasts.
 * @throws ExhibitError LEDGER_FORK
 */
export async function reconcile(store: FolderStore, writer: Writer, state: WriterState): Promise<void> {
  const bytes = await store.get(CHECKPOINT);
  const shown = bytes === undefined ? undefined : Buffer.from(bytes).toString();
  if (shown === state.checkpoint) return;
  if (shown !== undefined && isCosigned(shown, state.checkpoint)) return;
  if (shown !== undefined && (shown === state.previous || isCosigned(shown, state.previous)))
    return writer.publish(state.checkpoint);
  throw fork(describe(shown), describe(state.checkpoint));
}

/** Whether it is the note that was signed, with more signature lines behind: witnesses add theirs to what readers see. */
function isCosigned(shown: string, signed: string | null): boolean {
  if (signed === null || !shown.startsWith(signed)) return false;
  try {
    return parseNote(shown).text === parseNote(signed).text;
  } catch {
    return false;
  }
}

/** Size and root of a note; undefined for one that cannot be read. */
function describe(note: string | undefined): { size: number; root: string } | undefined {
  if (note === undefined) return undefined;
  try {
    const { size, root } = bodyOf(note);
    return { size, root: toHex(root) };
  } catch {
    return undefined;
  }
}

function fork(shown: ReturnType<typeof describe>, signed: ReturnType<typeof describe>): ExhibitError {
  const say = (one: typeof shown) =>
    one === undefined ? 'no readable checkpoint' : `size ${one.size}, root ${one.root}`;
  return new ExhibitError(
    'LEDGER_FORK',
    `the folder shows ${say(shown)}; the writer signed last ${say(signed)}`,
    {
      location: { file: CHECKPOINT },
      details: { shown, signed },
      hint: 'Do not write on. Find out which copy is the true one, and verify it against checkpoints kept elsewhere.',
    },
  );
}
