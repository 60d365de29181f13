/** An image as a manifest names it. */
export interface NamedImage {
  /** As it is written. */
  reference: string;
  /** Without tag and digest. */
  repository: string;
  /** SHA-256 of its manifest, hexadecimal; undefined where a tag, or another algorithm, names it. */
  sha256?: string;
}

const LISTS = ['containers', 'initContainers', 'ephemeralContainers'];

/**
 * Images of a Kubernetes object: `image` of each container, and `image.reference` of a volume, wherever a list of that name
 * stands: in a Pod, in the template of a workload, in a custom resource that holds one.
 */
export function imagesOf(object: unknown): NamedImage[] {
  const found = new Set<string>();
  walk(object, found);
  return [...found].sort().map(readImage);
}

function walk(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) walk(item, found);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const [key, item] of Object.entries(value)) {
    if (LISTS.includes(key)) for (const one of items(item)) add(member(one, 'image'), found);
    if (key === 'volumes')
      for (const one of items(item)) add(member(member(one, 'image'), 'reference'), found);
    walk(item, found);
  }
}

const items = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const member = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;

function add(image: unknown, found: Set<string>): void {
  if (typeof image === 'string' && image !== '') found.add(image);
}

/** Takes a reference apart: what stands behind the last slash may carry a tag, and behind `@` a digest. */
export function readImage(reference: string): NamedImage {
  const at = reference.indexOf('@');
  const named = at < 0 ? reference : reference.slice(0, at);
  const repository = named.replace(/:[\w][\w.-]{0,127}$/, (tag, place: number) =>
    place > named.lastIndexOf('/') ? '' : tag,
  );
  const sha256 = /^@sha256:([0-9a-f]{64})$/.exec(at < 0 ? '' : reference.slice(at))?.[1];
  return { reference, repository, ...(sha256 === undefined ? {} : { sha256 }) };
}
