import { z } from 'zod';
import { conform } from '../../each.ts';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { instantOf, severityOf } from '../../values.ts';
import { firstMembers, membersOf } from '../members.ts';
import { type Holder, ofResult, Tally, trivyResult } from './trivy-results.ts';

const list = z.array(z.unknown()).nullish();

const scan = z.looseObject({
  Trivy: z.looseObject({ Version: z.string().optional() }).nullish(),
  CreatedAt: z.string().nullish(),
  ArtifactName: z.string().nullish(),
  Results: list,
});
const cluster = z.looseObject({
  ClusterName: z.string().nullish(),
  Resources: list,
  Findings: list,
  Vulnerabilities: list,
  Misconfigurations: list,
});
const resource = z.looseObject({
  Namespace: z.string().nullish(),
  Kind: z.string().min(1),
  Name: z.string().min(1),
  Results: list,
  Error: z.string().nullish(),
});
const compliance = z.looseObject({ ID: z.string().min(1), Results: list, SummaryControls: list });
const control = z.looseObject({ ID: z.string().min(1), Results: list });
const counted = z.looseObject({
  ID: z.string().min(1),
  Name: z.string().nullish(),
  Severity: z.string().nullish(),
  TotalFail: z.number().int().nonnegative().nullish(),
});

/** Trivy's `-f json`: files, images, Terraform; clusters, with `--report all` or `summary`; compliance reports; the bare list of 2019. */
export const trivyJson: Source = {
  id: 'trivy-json',
  title: 'Trivy, -f json',
  tool: 'trivy',
  layer: 'ci',
  population: 'varies',
  reference: 'https://github.com/aquasecurity/trivy: pkg/types/report.go, pkg/k8s/report/report.go',

  detect({ first, shape }: Sample) {
    const value = membersOf(first);
    if (value === undefined) return undefined;
    if ('ArtifactName' in value && 'SchemaVersion' in value) return 'it has SchemaVersion and ArtifactName';
    if (
      'ClusterName' in value &&
      ['Resources', 'Findings', 'Vulnerabilities', 'Misconfigurations'].some((name) =>
        Array.isArray(value[name]),
      )
    )
      return 'it has ClusterName and the results of its resources';
    if (
      'ID' in value &&
      'Title' in value &&
      (Array.isArray(value.SummaryControls) || firstMembers(value.Results)?.ID)
    )
      return 'it has the controls of a compliance report';
    if (shape === 'json-array' && 'Target' in value && ('Vulnerabilities' in value || 'Type' in value))
      return 'its items have Target and Vulnerabilities, as versions before 0.20 wrote it';
    return undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    const whole = await report.json();
    const tally = new Tally();
    const value = membersOf(whole);
    if (Array.isArray(whole)) yield* ofResults(whole, {}, tally, '');
    else if (value !== undefined && 'ClusterName' in value)
      yield* conform(whole, cluster, (each) => ofCluster(each, tally));
    else if (value !== undefined && 'ID' in value && !('ArtifactName' in value))
      yield* conform(whole, compliance, (each) => ofCompliance(each, tally));
    else yield* conform(whole, scan, (each) => ofScan(each, tally));
    yield {
      type: 'run',
      population: tally.passes ? 'all' : 'failures',
      scanned: tally.results,
      stated: { ...(tally.passes ? { pass: tally.pass } : {}), fail: tally.fail },
      note:
        tally.passes || tally.pass === 0
          ? undefined
          : `${tally.pass} passes are counted and not listed; --include-non-failures lists them`,
    };
  },
};

function* ofScan(
  { Trivy, CreatedAt, ArtifactName, Results }: z.infer<typeof scan>,
  tally: Tally,
): Generator<Item> {
  yield { type: 'run', tool_version: Trivy?.Version, ended: instantOf(CreatedAt) };
  const details = ArtifactName ? { artifact: ArtifactName } : {};
  yield* ofResults(Results ?? [], { details }, tally, 'Results');
}

function* ofResults(results: unknown[], holder: Holder, tally: Tally, where: string): Generator<Item> {
  for (const [i, each] of results.entries()) {
    const at = `${where}[${i}]`;
    yield* conform(each, trivyResult, (result) => ofResult(result, holder, tally, at), undefined, at);
  }
}

/** `Vulnerabilities` and `Misconfigurations` are lists of resources in versions before 0.41. */
function* ofCluster(value: z.infer<typeof cluster>, tally: Tally): Generator<Item> {
  const { Resources, Findings, Vulnerabilities, Misconfigurations } = value;
  const details = value.ClusterName ? { cluster: value.ClusterName } : {};
  for (const [name, each] of Object.entries({ Resources, Findings, Vulnerabilities, Misconfigurations }))
    for (const [i, one] of (each ?? []).entries()) {
      const at = `${name}[${i}]`;
      yield* conform(
        one,
        resource,
        function* ({ Namespace, Kind, Name, Results, Error: error }) {
          const id = [Namespace, Kind, Name].filter(Boolean).join('/');
          if (error) yield { type: 'problem', message: `trivy could not scan ${id}: ${error}` };
          yield* ofResults(
            Results ?? [],
            { subject: { type: Kind, id, name: Name }, details },
            tally,
            `${at}.Results`,
          );
        },
        undefined,
        at,
      );
    }
}

function* ofCompliance(value: z.infer<typeof compliance>, tally: Tally): Generator<Item> {
  for (const [i, each] of (value.Results ?? []).entries())
    yield* conform(
      each,
      control,
      ({ ID, Results }) =>
        ofResults(
          Results ?? [],
          { details: { control: `${value.ID}/${ID}` } },
          tally,
          `Results[${i}].Results`,
        ),
      undefined,
      `Results[${i}]`,
    );
  for (const [i, each] of (value.SummaryControls ?? []).entries())
    yield* conform(
      each,
      counted,
      (one) => ofCounted(one, value.ID, tally),
      undefined,
      `SummaryControls[${i}]`,
    );
}

/** No failure of a control may also mean that nothing was judged by it, so it is no pass. */
function* ofCounted(value: z.infer<typeof counted>, framework: string, tally: Tally): Generator<Item> {
  const { ID, Name, Severity, TotalFail } = value;
  const fails = (TotalFail ?? 0) > 0;
  tally.results += 1;
  if (fails) tally.fail += 1;
  yield {
    type: 'outcome',
    check: `${framework}/${ID}`,
    subject: { type: 'cluster', id: 'cluster' },
    verdict: fails ? 'fail' : 'not_evaluated',
    severity: severityOf(Severity),
    message: Name ?? undefined,
    details: TotalFail == null ? undefined : { failures: TotalFail },
  };
}
