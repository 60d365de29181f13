import type { Report, Sample, Source } from '../../types.ts';
import { detectReports, readReports } from './report-source.ts';

const GROUP = 'wgpolicyk8s.io';

/** PolicyReport and ClusterPolicyReport, as Kyverno, Trivy's and kube-bench's adapters, falcosidekick and others write them. */
export const policyReport: Source = {
  id: 'policy-report',
  title: 'PolicyReport and ClusterPolicyReport (wgpolicyk8s.io)',
  tool: 'policy-report',
  layer: 'runtime',
  population: 'varies',
  reference: 'https://github.com/kubernetes-sigs/wg-policy-prototypes: policy-report/pkg/api/wgpolicyk8s.io',
  detect: (sample: Sample) => detectReports(sample, GROUP),
  read: (report: Report) => readReports(report, GROUP, 'runtime'),
};
