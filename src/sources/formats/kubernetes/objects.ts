import type { ExhibitError } from '../../../record/index.ts';
import type { Outcome, Report, Sample } from '../../types.ts';

/** An object of Kubernetes as it stands in a report, not checked. */
export type KubernetesObject = Record<string, unknown>;

export type LocatedObject =
  | { value: unknown; line: number; where: string | undefined; error?: undefined }
  | { value?: undefined; line: number; where?: undefined; error: ExhibitError };

/** The objects of a report: documents and lines one by one, lists (`kubectl get -o yaml`) opened. */
export async function* objectsOf(report: Report): AsyncGenerator<LocatedObject> {
  for await (const place of report.values()) {
    const { line } = place;
    if (place.error !== undefined) yield { line, error: place.error };
    // An empty document between two `---`.
    else if (place.value === null && report.shape === 'yaml') continue;
    else if (isList(place.value))
      for (const [i, value] of itemsOf(place.value).entries()) yield { value, line, where: `items[${i}]` };
    else yield { value: place.value, line, where: undefined };
  }
}

/** The objects that a sample shows: those of a list, else the one. */
export function shownObjects({ first }: Sample): KubernetesObject[] {
  const values: readonly unknown[] = isList(first) ? itemsOf(first) : [first];
  return values.filter(isObject);
}

export function isObject(value: unknown): value is KubernetesObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Of which group an object is: `wgpolicyk8s.io`; empty for the core group. */
export function groupOf({ apiVersion }: KubernetesObject): string {
  return typeof apiVersion === 'string' && apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

function isList(value: unknown): value is { items: unknown[] } {
  // A list that was edited, or is expected in a test, may have lost its kind.
  const kind = isObject(value) ? (value.kind ?? 'List') : '';
  return isObject(value) && /List$/.test(String(kind)) && Array.isArray(value.items);
}

/** An API server leaves out the kind of what stands in a list of one kind (`EventList`); kubectl puts it back. */
function itemsOf({ kind, apiVersion, items }: KubernetesObject & { items: unknown[] }): unknown[] {
  const own = typeof kind === 'string' ? kind.replace(/List$/, '') : '';
  if (own === '') return items;
  return items.map((one) =>
    isObject(one) && one.kind === undefined ? { apiVersion, ...one, kind: own } : one,
  );
}

interface Reference {
  kind?: string | null | undefined;
  namespace?: string | null | undefined;
  name?: string | null | undefined;
}

/** An object as a subject, with the id that it has at every layer: kind, namespace and name. Undefined where it is not named. */
export function subjectOf({ kind, namespace, name }: Reference): Outcome['subject'] | undefined {
  if (!kind || !name) return undefined;
  return { type: kind, id: [kind, namespace, name].filter(Boolean).join('/'), name };
}
