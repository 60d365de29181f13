import { join } from 'node:path';
import { ioError, syncDirectory, writeWhole } from '../store/index.ts';
import { CHECKPOINT, LOG } from './layout.ts';

/** Makes a checkpoint the one that readers see, durably and at once. @throws ExhibitError LEDGER_IO */
export async function publishIn(folder: string, note: string): Promise<void> {
  const path = join(folder, CHECKPOINT);
  try {
    await writeWhole(path, Buffer.from(note), 0o644);
    await syncDirectory(join(folder, LOG));
  } catch (error) {
    throw ioError(error, path);
  }
}
