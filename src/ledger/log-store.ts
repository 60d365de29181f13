import { type FolderStore, folderStore } from '../store/index.ts';
import { remoteOf } from './remote/remote.ts';

/** Where the objects of a log are written and read: its folder, or that in front of a bucket. @throws ExhibitError CONFIG_INVALID */
export async function logStore(folder: string): Promise<FolderStore> {
  return (await remoteOf(folder))?.layered() ?? folderStore(folder);
}
