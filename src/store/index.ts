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
export { namedFolder } from './named-folder.ts';
export { type PlaceSettings, placeSchema, placeStore, type WriteStore } from './place.ts';
export { type CheckOptions, checkStore } from './s3/check/check.ts';
export {
  type CheckRow,
  EXPECTATIONS,
  type Expectation,
  type LeftOver,
  NOT_REQUIRED,
  type Purpose,
  type StoreCheck,
} from './s3/check/types.ts';
export { eachOf } from './s3/each.ts';
export type { LockState, Looked, Measured } from './s3/measure.ts';
export { type LockSetting, lockSchema, type S3StoreSettings, s3StoreSchema } from './s3/settings.ts';
export { type S3Options, type S3Store, s3Store } from './s3/store.ts';
export type { Patience } from './s3/tries.ts';
export { isS3Url } from './s3/url.ts';
export type { VersionStore } from './s3/version-store.ts';
export type { ListedVersion } from './s3/versions.ts';
export { versionsByKey } from './s3/versions-by-key.ts';
export {
  type DynamoDbPlace,
  dynamoDbCell,
  type Held,
  MOST_CELL_BYTES,
  type SwapCell,
  s3Cell,
  sqliteCell,
} from './swap/index.ts';
export type * from './types.ts';
