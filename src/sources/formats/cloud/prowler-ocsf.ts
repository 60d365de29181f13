import { z } from 'zod';
import { each } from '../../each.ts';
import type { Item, Outcome, Report, Sample, Source } from '../../types.ts';
import { instantOf, severityOf, verdictBy } from '../../values.ts';
import { objectOf, stateId, textOf } from '../unpack.ts';

const finding = z.object({
  metadata: z.object({
    event_code: z.string().min(1),
    product: z.object({ version: z.string().nullish() }).nullish(),
  }),
  status_code: z.string(),
  /** `New`, or `Suppressed` where the mutelist names it. */
  status: z.string().nullish(),
  status_detail: z.string().nullish(),
  severity: z.string().nullish(),
  /** Seconds, although OCSF says milliseconds. Absent before 4.5. */
  time: z.number().nullish(),
  time_dt: z.string().nullish(),
  event_time: z.string().nullish(),
  finding_info: z.object({ uid: z.string().nullish(), title: z.string().nullish() }).nullish(),
  resources: z
    .array(
      z.object({
        uid: z.string().nullish(),
        name: z.string().nullish(),
        type: z.string().nullish(),
        region: z.string().nullish(),
        namespace: z.string().nullish(),
      }),
    )
    .nullish(),
  cloud: z
    .looseObject({
      account: z.object({ uid: z.string().nullish() }).nullish(),
      region: z.string().nullish(),
      provider: z.string().nullish(),
    })
    .nullish(),
  remediation: z.object({ desc: z.string().nullish() }).nullish(),
});
type Finding = z.infer<typeof finding>;

/** MANUAL asks a person to look: nothing was judged. MUTED is Prowler 3's word for what the mutelist hides. */
export const prowlerVerdict = verdictBy({ PASS: 'pass', FAIL: 'fail', MANUAL: 'not_evaluated' });

/** Prowler's `json-ocsf`: an array, read finding by finding. */
export const prowlerOcsf: Source = {
  id: 'prowler-ocsf',
  title: 'Prowler, --output-formats json-ocsf',
  tool: 'prowler',
  layer: 'runtime',
  population: 'varies',
  reference: 'https://github.com/prowler-cloud/prowler: prowler/lib/outputs/ocsf/ocsf.py',

  detect({ first }: Sample) {
    const metadata = objectOf(objectOf(first)?.metadata);
    const product = objectOf(metadata?.product);
    return product?.name === 'Prowler' && textOf(metadata?.event_code) !== undefined
      ? 'its findings have metadata.product.name Prowler and metadata.event_code'
      : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    let known = false;
    let passes = false;
    for await (const item of each(report.values(), finding, outcome)) {
      if (item.type === 'outcome') {
        // All findings of one scan carry the time at which it began.
        if (!known) yield { type: 'run', tool_version: versionOf(item), started: item.observed_at };
        known = true;
        passes ||= item.verdict === 'pass';
      }
      yield item;
    }
    // `--status FAIL` leaves passes out, and the file does not say so.
    if (passes) yield { type: 'run', population: 'all' };
  },
};

const versionOf = ({ details }: Outcome) => textOf(details?.prowler_version);

function* outcome(value: Finding): Generator<Outcome> {
  const { metadata, finding_info, resources, cloud, status_code, status } = value;
  const [first] = resources ?? [];
  const id = textOf(first?.uid) ?? textOf(first?.name) ?? textOf(cloud?.account?.uid) ?? 'unnamed';
  const observed_at = instantOf(value.time);
  const stated = observed_at === undefined ? (value.time_dt ?? value.event_time) : undefined;
  yield {
    type: 'outcome',
    check: metadata.event_code,
    subject: { type: textOf(first?.type) ?? 'resource', id, name: textOf(first?.name) ?? id },
    verdict: prowlerVerdict(status_code),
    severity: severityOf(value.severity),
    message: textOf(value.status_detail) ?? textOf(finding_info?.title),
    fix: textOf(value.remediation?.desc),
    observed_at,
    // Its id names check, account, region and resource, and is the same in each scan: the time tells scans apart.
    source_id: stateId(
      finding_info?.uid,
      metadata.event_code,
      id,
      value.time ?? value.time_dt ?? value.event_time,
      status_code,
    ),
    suppressed: status === 'Suppressed' || status_code === 'MUTED' ? { kind: 'mutelist' } : undefined,
    details: {
      account: textOf(cloud?.account?.uid),
      region: textOf(first?.region) ?? textOf(cloud?.region),
      namespace: textOf(first?.namespace),
      provider: textOf(cloud?.provider),
      prowler_version: textOf(metadata.product?.version),
      resources: resources != null && resources.length > 1 ? resources.length : undefined,
      time_without_zone: instantOf(stated) === undefined ? (stated ?? undefined) : undefined,
      status: prowlerVerdict(status_code) === 'not_evaluated' ? status_code : undefined,
    },
  };
}
