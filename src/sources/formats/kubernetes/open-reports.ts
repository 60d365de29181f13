import type { Report, Sample, Source } from '../../types.ts';
import { detectReports, readReports } from './report-source.ts';

const GROUP = 'openreports.io';

/** Report and ClusterReport of OpenReports; its own samples, and Kyverno's command line, still say PolicyReport. */
export const openReports: Source = {
  id: 'open-reports',
  title: 'Report and ClusterReport (openreports.io)',
  tool: 'policy-report',
  layer: 'runtime',
  population: 'varies',
  reference: 'https://github.com/openreports/reports-api: apis/openreports.io/v1alpha1',
  detect: (sample: Sample) => detectReports(sample, GROUP),
  read: (report: Report) => readReports(report, GROUP, 'runtime'),
};
