import { z } from 'zod';
import type { ObjectDifference, OpenedSummary } from '../../../verify/index.ts';
import { type ObjectName, typeOf } from './source.ts';
import { FAR, type Terms, type Weighed, weigh } from './weigh.ts';

const text = z.string().max(512).default('');
const namedSchema = z.looseObject({
  apiVersion: text,
  kind: text,
  metadata: z.looseObject({ name: text, generateName: text, namespace: text }).prefault({}),
});

/** As the object names itself, in the namespace of the request. Undefined for what is no object. */
export function nameOf(object: unknown, namespace: string | undefined): ObjectName | undefined {
  const { data } = namedSchema.safeParse(object);
  if (data === undefined) return undefined;
  const { apiVersion, kind, metadata } = data;
  const { name, generateName } = metadata;
  return { apiVersion, kind, name, generateName, namespace: metadata.namespace || (namespace ?? '') };
}

export type AttestedObject = OpenedSummary['extension']['objects'][number];

/** The attested objects that may be this one: of its type and name, in its namespace or where the manifest left that open. */
function entriesOf(summary: OpenedSummary, named: ObjectName): AttestedObject[] {
  const { namespace, name, generateName } = named;
  const made = generateName !== '' && name.startsWith(generateName) ? generateName : name;
  return summary.extension.objects.filter(
    (one) =>
      typeOf(one) === typeOf(named) &&
      (one.namespace ?? namespace) === namespace &&
      (one.name === name || one.name === made),
  );
}

/**
 * How an attestation stands to an object that is about to be admitted.
 * @param differences from one attested object of its name
 */
export function weighObject(
  found: { from: string; summary: OpenedSummary },
  named: ObjectName,
  terms: Terms,
  differences: (entry: AttestedObject) => ObjectDifference[],
): Weighed {
  const what = [named.kind, named.namespace, named.name].filter((part) => part !== '').join('/');
  const weighed = entriesOf(found.summary, named).map((entry) =>
    weigh(found, { sha256: entry.sha256, kind: 'kubernetes-object', what }, terms, () => differences(entry)),
  );
  return closest([
    ...weighed,
    { close: FAR.other, why: `an attestation was found that is not about ${what}` },
  ]);
}

/** A pass, or what came closest to one. */
export function closest(all: readonly Weighed[]): Weighed {
  return all.reduce((best, one) => {
    if ('pass' in best) return best;
    return 'pass' in one || one.close > best.close ? one : best;
  });
}
