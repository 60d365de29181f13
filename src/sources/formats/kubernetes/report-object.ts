import { z } from 'zod';
import type { Layer } from '../../../record/index.ts';
import { conform } from '../../each.ts';
import type { Item, Problem } from '../../types.ts';
import { instantOf } from '../../values.ts';
import { subjectOf } from './objects.ts';
import {
  outcomesOf,
  type ReportFrame,
  type ReportResult,
  reportResult,
  reportSummary,
  wordOf,
} from './report-result.ts';

const metadata = z.looseObject({
  name: z.string().nullish(),
  namespace: z.string().nullish(),
  uid: z.string().nullish(),
  resourceVersion: z.string().nullish(),
  creationTimestamp: z.string().nullish(),
  labels: z.record(z.string(), z.string()).nullish(),
  annotations: z.record(z.string(), z.string()).nullish(),
  ownerReferences: z
    .array(z.looseObject({ kind: z.string().nullish(), name: z.string().nullish() }))
    .nullish(),
});
export type ReportMetadata = z.infer<typeof metadata>;

const scope = z.looseObject({
  kind: z.string().nullish(),
  namespace: z.string().nullish(),
  name: z.string().nullish(),
});

/** A PolicyReport of wgpolicyk8s.io or a Report of openreports.io. */
export const reportObject = z.looseObject({
  kind: z.string(),
  metadata,
  source: z.string().nullish(),
  scope: scope.nullish(),
  summary: reportSummary.nullish(),
  // Absent and null are an empty list in Go's JSON.
  results: z.array(z.unknown()).nullish(),
});
export type ReportObject = z.infer<typeof reportObject>;

/**
 * The results of a report, and a problem where its summary counts others than stand in it.
 * @param yaml whether it was read from YAML
 */
export function* itemsOf(report: ReportObject, layer: Layer, where?: string, yaml = false): Generator<Item> {
  const { kind, source, results, summary } = report;
  const { name, namespace, labels, creationTimestamp } = report.metadata;
  const at = report.scope;
  const items = itemsOfResults(
    results ?? [],
    summary,
    {
      name: [kind, namespace, name].filter(Boolean).join('/'),
      // A scope in the report's own namespace may leave it out.
      subject: at == null ? undefined : subjectOf({ ...at, namespace: at.namespace ?? namespace }),
      source:
        source ||
        labels?.['policy.kubernetes.io/engine'] ||
        labels?.['app.kubernetes.io/managed-by'] ||
        undefined,
      layer,
      time: instantOf(creationTimestamp),
      identity: identityOf(report.metadata),
    },
    where,
  );
  if (yaml && summary == null) yield* withoutPass(items);
  else yield* items;
}

/**
 * YAML that was cut off is mostly still YAML: the scope that stands at its end may be gone, or be half a name. The summary stands behind
 * it, and who writes reports writes one; without it nobody knows of what a pass speaks.
 */
function* withoutPass(items: Iterable<Item>): Generator<Item> {
  for (const item of items)
    yield item.type === 'outcome' && item.verdict === 'pass'
      ? {
          ...item,
          verdict: 'not_evaluated',
          message: 'a pass of a report in YAML without its summary: it may have been cut off',
        }
      : item;
}

/** One state of an object: its uid and version; undefined where it was never stored. */
export function identityOf({ uid, resourceVersion }: ReportMetadata): string | undefined {
  return uid == null || resourceVersion == null ? undefined : `${uid}/${resourceVersion}`;
}

export function* itemsOfResults(
  results: readonly unknown[],
  summary: z.infer<typeof reportSummary> | null | undefined,
  frame: ReportFrame,
  where?: string,
): Generator<Item> {
  const read: ReportResult[] = [];
  for (const [i, each] of results.entries()) {
    const place = [where, `results[${i}]`].filter(Boolean).join('.');
    yield* conform(
      each,
      reportResult,
      (result) => {
        read.push(result);
        return outcomesOf(result, frame, i);
      },
      undefined,
      place,
    );
  }
  if (summary != null) yield* compared(summary, read, frame.name);
}

function* compared(
  summary: z.infer<typeof reportSummary>,
  read: readonly ReportResult[],
  name: string,
): Generator<Problem> {
  for (const word of ['pass', 'fail', 'warn', 'error', 'skip'] as const) {
    const stated = summary[word];
    const found = read.filter((result) => wordOf(result) === word).length;
    if (stated != null && stated !== found)
      yield {
        type: 'problem',
        message: `${name}: the summary says ${stated} ${word}, and ${found} are listed`,
        hint: 'The list was cut or filtered, or the report was edited: what is not listed is not recorded.',
      };
  }
}
