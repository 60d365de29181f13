import { z } from 'zod';
import { conform } from '../../each.ts';
import type { Item, Outcome, Report, Sample, Source } from '../../types.ts';
import { severityOf } from '../../values.ts';
import { csvRows } from '../csv.ts';
import { listIn, objectOf, readParts, textOf } from '../unpack.ts';

const text = z.string().nullish();
const distribution = z.looseObject({ total: z.number().nullish() }).nullish();
const image = z.looseObject({
  id: text,
  name: text,
  distro: text,
  compliances: z.array(z.unknown()).nullish(),
  complianceDistribution: distribution,
  vulnerabilities: z.array(z.unknown()).nullish(),
  vulnerabilityDistribution: distribution,
});
const compliance = z.looseObject({
  id: z.union([z.string(), z.number()]).nullish(),
  title: z.string().min(1),
  severity: text,
  cause: text,
});
const vulnerability = z.looseObject({
  id: z.string().min(1),
  status: text,
  severity: text,
  description: text,
  packageName: text,
  packageVersion: text,
});
const row = z.looseObject({
  Hostname: z.string().min(1),
  Distro: z.string(),
  'CVE ID': z.string(),
  'Compliance ID': z.string(),
  Type: z.string(),
  Severity: z.string(),
  Packages: z.string(),
  'Package Version': z.string(),
  'Fix Status': z.string().optional(),
  Description: z.string(),
  Cause: z.string().optional(),
});

/** Prisma Cloud Compute: twistcli's JSON of a scan, and the CSV of hosts and images. Only what was found is in them. */
export const prismaCompute: Source = {
  id: 'prisma-compute',
  title: 'Prisma Cloud Compute: twistcli JSON, CSV of findings',
  tool: 'prisma-cloud',
  layer: 'ci',
  population: 'failures',
  reference: 'https://github.com/DefectDojo/django-DefectDojo: dojo/tools/twistlock',

  detect({ first, shape, head }: Sample) {
    const [one] = listIn(first, 'results') ?? [];
    const result = objectOf(one?.value);
    if (result !== undefined && 'vulnerabilityDistribution' in result && 'complianceDistribution' in result)
      return 'its results have vulnerabilityDistribution and complianceDistribution';
    const names = (head.split(/\r?\n/, 1)[0] ?? '').split(',');
    return shape === 'text' && ['Hostname', 'CVE ID', 'Compliance ID'].every((name) => names.includes(name))
      ? 'its first line names Hostname, CVE ID and Compliance ID'
      : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    if (report.shape === 'text') yield* csvRows(report, ',', row, ofRow);
    else yield* readParts(report, (value) => listIn(value, 'results') ?? [{ value }], image, ofImage);
  },
};

function* ofImage(value: z.infer<typeof image>): Generator<Item> {
  const id = textOf(value.id) ?? textOf(value.name) ?? 'unnamed image';
  const subject = { type: 'image', id, name: textOf(value.name) ?? id };
  const totals = [value.complianceDistribution?.total, value.vulnerabilityDistribution?.total];
  yield {
    type: 'run',
    scanned: 1,
    ...(totals.some((total) => total == null)
      ? {}
      : { stated: { fail: totals.reduce<number>((sum, each) => sum + (each ?? 0), 0) } }),
  };
  for (const [index, each] of (value.compliances ?? []).entries())
    yield* conform(
      each,
      compliance,
      (found) => [ofCompliance(found, subject)],
      undefined,
      `compliances[${index}]`,
    );
  for (const [index, each] of (value.vulnerabilities ?? []).entries())
    yield* conform(
      each,
      vulnerability,
      (found) => [ofVulnerability(found, subject)],
      undefined,
      `vulnerabilities[${index}]`,
    );
}

function ofCompliance(
  { id, title, severity, cause }: z.infer<typeof compliance>,
  subject: Outcome['subject'],
): Outcome {
  return {
    type: 'outcome',
    check: id == null ? title : String(id),
    subject,
    verdict: 'fail',
    severity: severityOf(severity),
    message: textOf(cause) ?? title,
  };
}

function ofVulnerability(value: z.infer<typeof vulnerability>, subject: Outcome['subject']): Outcome {
  return {
    type: 'outcome',
    check: value.id,
    subject,
    verdict: 'fail',
    severity: severityOf(value.severity),
    message: [value.packageName, value.packageVersion].filter(textOf).join(' '),
    details: { status: textOf(value.status), package: textOf(value.packageName) },
  };
}

function* ofRow(value: z.infer<typeof row>): Generator<Item> {
  const cve = textOf(value['CVE ID']);
  const check = cve ?? textOf(value['Compliance ID']);
  if (check === undefined) {
    yield { type: 'problem', message: `a row of ${value.Hostname} has neither CVE ID nor Compliance ID` };
    return;
  }
  const pack = [value.Packages, value['Package Version']].filter(textOf).join(' ');
  yield {
    type: 'outcome',
    check,
    subject: { type: 'host', id: value.Hostname },
    verdict: 'fail',
    severity: severityOf(value.Severity),
    message: cve === undefined ? (textOf(value.Cause) ?? textOf(value.Description)) : pack,
    details: {
      description: textOf(value.Description)?.slice(0, 400),
      fix_status: textOf(value['Fix Status']),
      package: cve === undefined ? undefined : pack,
      type: textOf(value.Type),
      distro: textOf(value.Distro),
    },
  };
}
