import { packTar } from '../../policy/index.ts';
import { canonicalize } from '../../record/index.ts';
import { etagOf } from './etag.ts';

/** Name of the bundle that holds OPA's own configuration. */
export const DISCOVERY = 'discovery';

/**
 * The bundle that an OPA with `discovery.resource: bundles/discovery` takes its configuration from. It is not signed: OPA lets it
 * change neither the services and keys of its boot configuration nor the discovery itself, so the bundles that it names
 * are verified with keys that the boot configuration names.
 */
export function discoveryBundle(configuration: Readonly<Record<string, unknown>>): {
  tar: Buffer;
  etag: string;
} {
  const tar = Buffer.from(packTar(new Map([['data.json', Buffer.from(`${canonicalize(configuration)}\n`)]])));
  return { tar, etag: etagOf(tar) };
}
