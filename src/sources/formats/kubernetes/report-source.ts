import type { Layer } from '../../../record/index.ts';
import { conform, problemOf } from '../../each.ts';
import type { Item, Problem, Report, Sample } from '../../types.ts';
import { instantOf } from '../../values.ts';
import { Span } from '../span.ts';
import { groupOf, isObject, type KubernetesObject, objectsOf, shownObjects } from './objects.ts';
import { itemsOf, reportObject } from './report-object.ts';

/** Why a sample holds reports of this group; undefined where it does not. */
export function detectReports(sample: Sample, group: string): string | undefined {
  if (isObject(sample.first) && isReportList(sample.first, group))
    return `it is a list of reports of ${group}`;
  return shownObjects(sample).some((each) => isReport(each, group))
    ? `it has a report of the group ${group}`
    : undefined;
}

export const isReport = (object: KubernetesObject, group: string): boolean =>
  groupOf(object) === group && /^(Cluster)?(Policy)?Report$/.test(String(object.kind));

/** `kubectl get policyreports -o json` of a client that names the list by its kind; its items may be none. */
const isReportList = (object: KubernetesObject, group: string): boolean =>
  groupOf(object) === group && /^(Cluster)?(Policy)?ReportList$/.test(String(object.kind));

/** All reports of a group in a file. What is none is a problem: nobody knows what it would have said. */
export async function* readReports(report: Report, group: string, layer: Layer): AsyncGenerator<Item> {
  const span = new Span();
  for await (const { value, error, line, where } of objectsOf(report)) {
    if (error !== undefined) yield problemOf(error, line);
    else if (!isObject(value) || !isReport(value, group)) yield strange(value, group, line, where);
    else
      yield* conform(
        value,
        reportObject,
        function* (object): Generator<Item> {
          const started = span.saw(instantOf(object.metadata.creationTimestamp));
          if (started !== undefined) yield started;
          yield* itemsOf(object, layer, where, report.shape === 'yaml');
        },
        line,
        where,
      );
  }
}

function strange(value: unknown, group: string, line: number, where: string | undefined): Problem {
  const what =
    isObject(value) && typeof value.kind === 'string'
      ? `a ${value.kind.slice(0, 100)}`
      : 'a value without a kind';
  return {
    type: 'problem',
    message: `${where === undefined ? '' : `${where}: `}${what} is no report of ${group}`,
    line,
    hint: 'It was not read. Ingest it in a file of its own.',
  };
}
