import { z } from 'zod';
import { conform } from '../../each.ts';
import type { Item, Outcome, Report, Sample, Source } from '../../types.ts';
import { instantOf, placeOf, severityOfScore } from '../../values.ts';
import { membersOf } from '../members.ts';

const text = z.string().nullish();
const count = z.number().int().nonnegative().optional();

// Members of a summary of a control in two spellings: what the library writes, and what its documentation has.
const summary = z.looseObject({
  name: text,
  scoreFactor: z.number().nullish(),
  status: text,
  statusInfo: z.looseObject({ status: text, subStatus: text, info: text }).nullish(),
  ResourceCounters: z
    .looseObject({
      passedResources: count,
      failedResources: count,
      skippedResources: count,
      excludedResources: count,
    })
    .optional(),
});
const scan = z.looseObject({
  generationTime: text,
  clusterName: text,
  summaryDetails: z.looseObject({ controls: z.record(z.string(), z.unknown()) }),
  resources: z.array(z.unknown()).nullish(),
  results: z.array(z.unknown()).nullish(),
  metadata: z.looseObject({ scanMetadata: z.looseObject({ kubescapeVersion: text }).nullish() }).nullish(),
});
const place = z.looseObject({
  resourceID: z.string(),
  source: z.looseObject({ relativePath: text }).nullish(),
});
const resource = z.looseObject({ resourceID: z.string().min(1), controls: z.array(z.unknown()) });
const control = z.looseObject({
  controlID: z.string().min(1),
  name: text,
  status: z.union([z.string(), z.looseObject({ status: z.string(), subStatus: text, info: text })]),
});
type Summary = z.infer<typeof summary>;

const VERDICT: Readonly<Record<string, Outcome['verdict']>> = { passed: 'pass', failed: 'fail' };

/** Kubescape's `--format json --format-version v2`: each resource with its controls, and a summary of every control. */
export const kubescapeJson: Source = {
  id: 'kubescape-json',
  title: 'Kubescape, --format json',
  tool: 'kubescape',
  layer: 'ci',
  population: 'all',
  reference:
    'https://github.com/kubescape/opa-utils: reporthandling/results/v1, reporthandling/apis/statuses.go',

  detect({ first }: Sample) {
    const value = membersOf(first);
    return value !== undefined && membersOf(membersOf(value.summaryDetails)?.controls) !== undefined
      ? 'it has summaryDetails.controls'
      : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    yield* conform(await report.json(), scan, ofScan);
  },
};

function* ofScan(value: z.infer<typeof scan>): Generator<Item> {
  const { summaryDetails, resources, results, metadata } = value;
  const controls = new Map<string, Summary>();
  const problems: Item[] = [];
  for (const [id, each] of Object.entries(summaryDetails.controls)) {
    const keep = (one: Summary) => {
      controls.set(id, one);
      return [];
    };
    problems.push(...conform(each, summary, keep, undefined, `summaryDetails.controls.${id}`));
  }
  const files = new Map<string, string>();
  for (const each of resources ?? []) {
    const { data } = place.safeParse(each);
    if (data?.source?.relativePath) files.set(data.resourceID, data.source.relativePath);
  }
  const sum = (name: 'passedResources' | 'failedResources' | 'excludedResources') =>
    [...controls.values()].reduce(
      (total, { ResourceCounters }) => total + (ResourceCounters?.[name] ?? 0),
      0,
    );
  const counted = [...controls.values()].every(({ ResourceCounters }) => ResourceCounters !== undefined);
  yield {
    type: 'run',
    tool_version: metadata?.scanMetadata?.kubescapeVersion ?? undefined,
    // The year 1 stands where nothing was filled in; that is no time for `instantOf`.
    ended: instantOf(value.generationTime),
    scanned: results?.length ?? 0,
    stated: counted ? { pass: sum('passedResources'), fail: sum('failedResources') } : {},
  };
  yield* problems;
  const judged = new Set<string>();
  for (const [i, each] of (results ?? []).entries())
    yield* conform(
      each,
      resource,
      function* ({ resourceID, controls: rows }) {
        for (const [j, row] of rows.entries())
          yield* conform(
            row,
            control,
            function* (one) {
              judged.add(one.controlID);
              yield ofControl(one, resourceID, files.get(resourceID), controls.get(one.controlID));
            },
            undefined,
            `results[${i}].controls[${j}]`,
          );
      },
      undefined,
      `results[${i}]`,
    );
  for (const [id, one] of controls) if (!judged.has(id)) yield unjudged(id, one, value.clusterName || 'scan');
}

function ofControl(
  { controlID, name, status }: z.infer<typeof control>,
  resourceID: string,
  file: string | undefined,
  about: Summary | undefined,
): Outcome {
  const said = typeof status === 'string' ? { status } : status;
  const sub = typeof status === 'string' ? '' : (status.subStatus ?? '');
  // An exception makes the word `passed` of what failed; `excluded` is the word of versions before 2.2.
  const excepted = sub === 'w/exceptions' || said.status === 'excluded';
  const verdict = excepted
    ? 'not_evaluated'
    : sub === 'irrelevant' || said.status === 'irrelevant'
      ? 'not_applicable'
      : sub !== ''
        ? 'not_evaluated'
        : Object.hasOwn(VERDICT, said.status)
          ? (VERDICT[said.status] ?? 'not_evaluated')
          : 'not_evaluated';
  return {
    type: 'outcome',
    check: controlID,
    subject: subjectOf(resourceID),
    verdict: sub !== '' && said.status === 'failed' ? 'fail' : verdict,
    severity: severityOfFactor(about?.scoreFactor),
    message: name ?? about?.name ?? undefined,
    file: file === undefined ? undefined : placeOf(file),
    suppressed: excepted ? { kind: 'exception' } : undefined,
    details: sub === '' ? undefined : { sub_status: sub },
  };
}

/** A control that judged no resource: kubescape calls it passed, or says what it lacks. */
function unjudged(id: string, { name, status, statusInfo, scoreFactor }: Summary, scan: string): Outcome {
  const said = statusInfo?.status ?? status;
  const sub = statusInfo?.subStatus ?? '';
  return {
    type: 'outcome',
    check: id,
    subject: { type: 'scan', id: scan },
    verdict: said === 'passed' && (sub === '' || sub === 'irrelevant') ? 'not_applicable' : 'not_evaluated',
    severity: severityOfFactor(scoreFactor),
    message: name ?? undefined,
    details: { resources: 0, ...(sub === '' ? {} : { sub_status: sub }) },
  };
}

/** `path=966824446/api=apps/v1//Deployment/nginx`: the last but one part is the kind. */
function subjectOf(resourceID: string): Outcome['subject'] {
  const parts = resourceID.split('/');
  const kind = parts.length > 2 ? parts.at(-2) : undefined;
  return { type: kind || 'resource', id: resourceID, name: parts.at(-1) || resourceID };
}

/** Kubescape's own scale: 9 critical, 7 high, 4 medium, 1 low, less is unknown. */
const severityOfFactor = (factor: number | null | undefined) =>
  typeof factor === 'number' && factor >= 1 ? severityOfScore(factor) : undefined;
