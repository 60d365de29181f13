import { z } from 'zod';
import { conform, problemOf } from '../../each.ts';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { instantOf } from '../../values.ts';
import { groupOf, isObject, type KubernetesObject, objectsOf, shownObjects, subjectOf } from './objects.ts';
import { identityOf, itemsOfResults, reportObject } from './report-object.ts';
import { reportSummary } from './report-result.ts';

const KINDS = /^(Cluster)?(EphemeralReport|AdmissionReport|BackgroundScanReport)$/;
const GROUPS = new Set(['reports.kyverno.io', 'kyverno.io']);

// Results of a background scan stood in the object itself, the others in its spec.
const ephemeral = z.looseObject({
  kind: z.string(),
  metadata: reportObject.shape.metadata,
  spec: z
    .looseObject({
      owner: z.looseObject({ kind: z.string().nullish(), name: z.string().nullish() }).nullish(),
      summary: reportSummary.nullish(),
      results: z.array(z.unknown()).nullish(),
    })
    .nullish(),
  summary: reportSummary.nullish(),
  results: z.array(z.unknown()).nullish(),
});
type Ephemeral = z.infer<typeof ephemeral>;

/** Kyverno's reports on their way: EphemeralReport, and before it AdmissionReport and BackgroundScanReport. */
export const kyvernoEphemeral: Source = {
  id: 'kyverno-ephemeral',
  title: 'Kyverno, EphemeralReport and AdmissionReport',
  tool: 'kyverno',
  layer: 'runtime',
  population: 'varies',
  reference: 'https://github.com/kyverno/kyverno: api/reports/v1/ephemeralreport_types.go',

  detect(sample: Sample) {
    return shownObjects(sample).some(isEphemeral) ? 'it has an intermediate report of Kyverno' : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    for await (const { value, error, line, where } of objectsOf(report)) {
      if (error !== undefined) yield problemOf(error, line);
      else if (!isObject(value) || !isEphemeral(value))
        yield {
          type: 'problem',
          message: `${where ?? 'the value'} is no intermediate report of Kyverno`,
          line,
        };
      else yield* conform(value, ephemeral, (object) => items(object, where), line, where);
    }
  },
};

const isEphemeral = (object: KubernetesObject): boolean =>
  GROUPS.has(groupOf(object)) && KINDS.test(String(object.kind));

function* items({ kind, metadata, spec, ...own }: Ephemeral, where: string | undefined): Generator<Item> {
  const { name, namespace, labels, annotations, ownerReferences, creationTimestamp } = metadata;
  const at = [where, spec == null ? undefined : 'spec'].filter(Boolean).join('.');
  // The label of a long name is cut, its annotation is not.
  const said = {
    kind: labels?.['audit.kyverno.io/resource.kind'] ?? ownerReferences?.[0]?.kind ?? spec?.owner?.kind,
    name:
      annotations?.['audit.kyverno.io/resource.name'] ??
      ownerReferences?.[0]?.name ??
      spec?.owner?.name ??
      labels?.['audit.kyverno.io/resource.name'],
    namespace: annotations?.['audit.kyverno.io/resource.namespace'] ?? namespace,
  };
  yield* itemsOfResults(
    spec?.results ?? own.results ?? [],
    spec?.summary ?? own.summary,
    {
      name: [kind, namespace, name].filter(Boolean).join('/'),
      subject: subjectOf(said),
      source: 'kyverno',
      layer:
        labels?.['audit.kyverno.io/source'] === 'admission' || /Admission/.test(kind)
          ? 'admission'
          : 'runtime',
      time: instantOf(creationTimestamp),
      identity: identityOf(metadata),
    },
    at === '' ? undefined : at,
  );
}
