/** True for what names a bucket and no folder. */
export function isS3Url(place: string): boolean {
  return /^s3:\/\//i.test(place);
}
