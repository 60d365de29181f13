import { ExhibitError } from '../../record/index.ts';
import { makeDirectory } from '../../store/index.ts';

/** Makes a folder that the user named, and those above it. @throws ExhibitError USAGE */
export async function makeFolder(folder: string, mode?: number): Promise<void> {
  try {
    await makeDirectory(folder, mode);
  } catch (cause) {
    throw new ExhibitError('USAGE', `cannot make the folder ${folder}`, {
      cause,
      location: { file: folder },
    });
  }
}
