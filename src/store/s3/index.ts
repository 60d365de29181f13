/** Objects in a bucket of S3, locked where that is set. */

export { type CheckOptions, checkStore } from './check/check.ts';
export {
  type CheckRow,
  EXPECTATIONS,
  type Expectation,
  type LeftOver,
  NOT_REQUIRED,
  type StoreCheck,
} from './check/types.ts';
export {
  isS3Url,
  type LockSetting,
  lockSchema,
  type S3Place,
  type S3StoreSettings,
  s3Place,
  s3StoreSchema,
} from './settings.ts';
export { eachOf, type S3Options, type S3Store, s3Store } from './store.ts';
