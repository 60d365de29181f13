import { z } from 'zod';
import { conform, each } from '../../each.ts';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { instantOf, severityOf } from '../../values.ts';
import { firstMembers, membersOf } from '../members.ts';
import { OPERATOR_KINDS, operatorFindings } from './trivy-operator-findings.ts';

const GROUP = 'aquasecurity.github.io/';

const object = z.looseObject({
  apiVersion: z.string().nullish(),
  kind: z.string(),
  items: z.array(z.unknown()).optional(),
});
const metadata = z.looseObject({
  name: z.string().nullish(),
  namespace: z.string().nullish(),
  labels: z.record(z.string(), z.unknown()).nullish(),
});
const audit = z.looseObject({
  metadata,
  report: z.looseObject({
    scanner: z.looseObject({ version: z.string().nullish() }).nullish(),
    updateTimestamp: z.string().nullish(),
    summary: z.record(z.string(), z.unknown()).nullish(),
  }),
});
const compliance = z.looseObject({
  metadata,
  status: z.looseObject({
    updateTimestamp: z.string().nullish(),
    summaryReport: z.looseObject({ controlCheck: z.array(z.unknown()).nullish() }).nullish(),
    detailReport: z.looseObject({ results: z.array(z.unknown()).nullish() }).nullish(),
  }),
});
const control = z.looseObject({
  id: z.string().min(1),
  name: z.string().nullish(),
  severity: z.string().nullish(),
  totalFail: z.number().int().nonnegative().nullish(),
  checks: z.array(z.looseObject({ success: z.boolean() })).optional(),
});

/** Custom resources that Trivy's operator writes into a cluster, from `kubectl get -o json` or `-o yaml`. */
export const trivyOperator: Source = {
  id: 'trivy-operator',
  title: 'Trivy operator, its reports as Kubernetes objects',
  tool: 'trivy',
  layer: 'runtime',
  population: 'varies',
  reference: 'https://github.com/aquasecurity/trivy-operator: pkg/apis/aquasecurity/v1alpha1',

  detect({ first }: Sample) {
    const value = membersOf(first);
    if (value === undefined) return undefined;
    const one = value.kind === 'List' ? firstMembers(value.items) : value;
    return typeof one?.apiVersion === 'string' && one.apiVersion.startsWith(GROUP)
      ? `its apiVersion is ${one.apiVersion.slice(0, 60)}`
      : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    const seen = { passes: false };
    for await (const item of each(report.values(), object, (value, { line }) => ofObject(value, line, ''))) {
      if (item.type === 'outcome' && item.verdict === 'pass') seen.passes = true;
      yield item;
    }
    yield { type: 'run', population: seen.passes ? 'all' : 'failures' };
  },
};

function* ofObject(value: z.infer<typeof object>, line: number, where: string): Generator<Item> {
  if (value.kind === 'List' || (value.kind.endsWith('ReportList') && value.items !== undefined)) {
    const kind = value.kind === 'List' ? undefined : value.kind.slice(0, -'List'.length);
    // Items of a typed list carry no kind of their own.
    for (const [i, item] of (value.items ?? []).entries()) {
      const named = kind === undefined || membersOf(item) === undefined ? item : { kind, ...membersOf(item) };
      yield* conform(named, object, (one) => ofObject(one, line, `items[${i}].`), line, `items[${i}]`);
    }
    return;
  }
  if (value.kind === 'ClusterComplianceReport')
    yield* conform(value, compliance, (one) => ofCompliance(one, where), line, where);
  else if (OPERATOR_KINDS.has(value.kind.replace(/^Cluster/, '')))
    yield* conform(value, audit, (one) => ofReport(one, value.kind, where), line, where);
  else
    yield {
      type: 'problem',
      message: `${where}kind ${value.kind} is not known here`,
      line,
      hint: `Known are ${[...OPERATOR_KINDS].join(', ')} and ClusterComplianceReport.`,
    };
}

function* ofReport(
  { metadata, report }: z.infer<typeof audit>,
  kind: string,
  where: string,
): Generator<Item> {
  const { summary } = report;
  const of = (label: string) => {
    const value = metadata.labels?.[`trivy-operator.${label}`];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const name = of('resource.name') ?? metadata.name ?? '';
  const type = of('resource.kind') ?? kind;
  const namespace = of('resource.namespace') ?? metadata.namespace;
  const counts = ['criticalCount', 'highCount', 'mediumCount', 'lowCount', 'unknownCount', 'noneCount']
    .map((key) => summary?.[key])
    .filter((count) => typeof count === 'number');
  yield {
    type: 'run',
    tool_version: report.scanner?.version ?? undefined,
    ended: instantOf(report.updateTimestamp),
    scanned: 1,
    // The summary counts what failed, by severity.
    ...(counts.length === 0 ? {} : { stated: { fail: counts.reduce((sum, count) => sum + count, 0) } }),
  };
  if (name === '') {
    yield {
      type: 'problem',
      message: `${where}metadata: nothing names the resource that the report is about`,
    };
    return;
  }
  const id = [namespace, type, name].filter((part) => part !== undefined).join('/');
  const container = of('container.name');
  yield* operatorFindings(kind, report, {
    subject: { type, id, name },
    observed_at: instantOf(report.updateTimestamp),
    where,
    details: container === undefined ? {} : { container },
  });
}

/**
 * Controls of a compliance report. A control that nothing fails counts as passed there, even where nothing was judged by it; so only its failures
 * are taken for verdicts.
 */
function* ofCompliance({ metadata, status }: z.infer<typeof compliance>, where: string): Generator<Item> {
  const ended = instantOf(status.updateTimestamp);
  const detailed = status.detailReport?.results;
  const list = detailed ?? status.summaryReport?.controlCheck;
  const at = `${where}status.${detailed == null ? 'summaryReport.controlCheck' : 'detailReport.results'}`;
  yield {
    type: 'run',
    ended,
    note: 'a control without failures is not_evaluated: the report does not say what was judged by it',
  };
  if (list == null) {
    yield { type: 'problem', message: `${where}status: it holds no report yet` };
    return;
  }
  for (const [i, one] of list.entries())
    yield* conform(
      one,
      control,
      function* ({ id, name, severity, totalFail, checks }) {
        const failures = totalFail ?? checks?.filter(({ success }) => !success).length ?? 0;
        yield {
          type: 'outcome',
          check: `${metadata.name ?? 'compliance'}/${id}`,
          subject: { type: 'cluster', id: 'cluster' },
          verdict: failures > 0 ? 'fail' : 'not_evaluated',
          severity: severityOf(severity),
          message: name ?? undefined,
          observed_at: ended,
          details: { failures },
        };
      },
      undefined,
      `${at}[${i}]`,
    );
}
