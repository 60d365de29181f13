import { placeOf } from '../../values.ts';
import type { ArtifactLocation, Run } from './sarif-schema.ts';

/** Bases may stand on one another; a ring of them must end. */
const MOST_BASES = 8;

/**
 * Where a result is, to be shown: relative to the root of what was scanned where the report says where that is. An absolute path or one that leads out of
 * the repository keeps its text. Nothing is opened by it.
 */
export function sarifPlace(location: ArtifactLocation | undefined, run: Run): string | undefined {
  const own = location?.uri ?? undefined;
  const listed =
    location?.index == null ? undefined : (run.artifacts?.[location.index]?.location ?? undefined);
  const found = own === undefined ? listed : location;
  if (found?.uri == null) return undefined;
  let uri = found.uri;
  let base = found.uriBaseId;
  for (let step = 0; base != null && step < MOST_BASES && !isAbsolute(uri); step += 1) {
    const of: ArtifactLocation | undefined =
      run.originalUriBaseIds != null && Object.hasOwn(run.originalUriBaseIds, base)
        ? run.originalUriBaseIds[base]
        : undefined;
    // The last base is the root itself, wherever it lay on the machine that scanned.
    if (of?.uri == null || isAbsolute(of.uri)) break;
    uri = `${of.uri.replace(/\/?$/, '/')}${uri}`;
    base = of.uriBaseId;
  }
  for (const of of Object.values(run.originalUriBaseIds ?? {}))
    if (of.uri != null && of.uri.length > 1 && isAbsolute(of.uri)) {
      const root = of.uri.replace(/\/?$/, '/');
      if (uri.startsWith(root) && uri.length > root.length) {
        uri = uri.slice(root.length);
        break;
      }
    }
  return placeOf(/^file:/i.test(uri) ? uri : decoded(uri));
}

const isAbsolute = (uri: string): boolean => /^([a-z][a-z0-9+.-]*:|\/)/i.test(uri);

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}
