/** Objects and blobs: a folder whose files are written whole, durably, and once; a bucket with locks. */
export { blobKey, getBlob, putBlob, putBlobs } from './blobs.ts';
export { ioError, makeDirectory, syncDirectory, systemCode, writeWhole } from './durable.ts';
export { type FolderStore, folderStore, type StoredObject } from './folder.ts';
export {
  corrupt,
  FRAME_HEADER,
  type FrameHeader,
  frameFileId,
  type Payload,
  readHeader,
  readPayloads,
  writeHeader,
} from './frames.ts';
export { checkKey } from './key.ts';
export * from './s3/index.ts';
export type * from './types.ts';
