/** Objects and blobs: a folder whose files are written whole, durably, and once. */
export { blobKey, getBlob, putBlob } from './blobs.ts';
export { ioError, makeDirectory, syncDirectory, systemCode, writeWhole } from './durable.ts';
export { type FolderStore, folderStore, type StoredObject } from './folder.ts';
export { checkKey } from './key.ts';
export type * from './types.ts';
