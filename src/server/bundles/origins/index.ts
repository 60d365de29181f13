import type { BundleSetting } from '../../settings.ts';
import { file } from './file.ts';
import { http } from './http.ts';
import { oci } from './oci.ts';
import { s3 } from './s3.ts';
import type { Origin, OriginKind } from './types.ts';

export { type Patience, readPatiently } from './patient.ts';
export type { Bounds, Found, Origin } from './types.ts';

const ORIGINS: readonly OriginKind[] = [file, s3, oci, http];

/** Where a bundle comes from. Nothing is opened or asked yet. */
export function originOf(setting: BundleSetting): Origin {
  for (const kind of ORIGINS) {
    const origin = kind(setting);
    if (origin !== undefined) return origin;
  }
  throw new Error(`the bundle ${setting.name} has no origin`);
}
