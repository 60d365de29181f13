import { z } from 'zod';
import type { Item, Outcome, Report, Sample, Source } from '../../types.ts';
import { instantOf, severityOf } from '../../values.ts';
import { csvRows } from '../csv.ts';
import { stateId, textOf } from '../unpack.ts';
import { prowlerVerdict } from './prowler-ocsf.ts';

const row = z.looseObject({
  CHECK_ID: z.string().min(1),
  STATUS: z.string().min(1),
  TIMESTAMP: z.string().optional(),
  FINDING_UID: z.string().optional(),
  ACCOUNT_UID: z.string().optional(),
  PROVIDER: z.string().optional(),
  CHECK_TITLE: z.string().optional(),
  STATUS_EXTENDED: z.string().optional(),
  MUTED: z.string().optional(),
  SEVERITY: z.string().optional(),
  RESOURCE_TYPE: z.string().optional(),
  RESOURCE_UID: z.string().optional(),
  RESOURCE_NAME: z.string().optional(),
  REGION: z.string().optional(),
  REMEDIATION_RECOMMENDATION_TEXT: z.string().optional(),
  PROWLER_VERSION: z.string().optional(),
});
type Row = z.infer<typeof row>;

/** Prowler's CSV: a line of names, `;` between, quotes of RFC 4180; a field may hold line ends. */
export const prowlerCsv: Source = {
  id: 'prowler-csv',
  title: 'Prowler, --output-formats csv',
  tool: 'prowler',
  layer: 'runtime',
  population: 'varies',
  reference: 'https://github.com/prowler-cloud/prowler: prowler/lib/outputs/csv/csv.py',

  detect({ shape, head }: Sample) {
    const names = (head.split(/\r?\n/, 1)[0] ?? '').split(';');
    return shape === 'text' && ['CHECK_ID', 'STATUS', 'RESOURCE_UID'].every((name) => names.includes(name))
      ? 'its first line names CHECK_ID, STATUS and RESOURCE_UID'
      : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    let known = false;
    let passes = false;
    for await (const item of csvRows(report, ';', row, outcome)) {
      if (item.type === 'outcome') {
        if (!known)
          yield {
            type: 'run',
            tool_version: textOf(item.details?.prowler_version),
            started: item.observed_at,
          };
        known = true;
        passes ||= item.verdict === 'pass';
      }
      yield item;
    }
    if (passes) yield { type: 'run', population: 'all' };
  },
};

function* outcome(value: Row): Generator<Outcome> {
  const id =
    textOf(value.RESOURCE_UID) ?? textOf(value.RESOURCE_NAME) ?? textOf(value.ACCOUNT_UID) ?? 'unnamed';
  const observed_at = instantOf(value.TIMESTAMP);
  yield {
    type: 'outcome',
    check: value.CHECK_ID,
    subject: {
      type: textOf(value.RESOURCE_TYPE) ?? 'resource',
      id,
      name: textOf(value.RESOURCE_NAME) ?? id,
    },
    verdict: prowlerVerdict(value.STATUS),
    severity: severityOf(value.SEVERITY),
    message: textOf(value.STATUS_EXTENDED) ?? textOf(value.CHECK_TITLE),
    fix: textOf(value.REMEDIATION_RECOMMENDATION_TEXT),
    observed_at,
    source_id: stateId(textOf(value.FINDING_UID), value.CHECK_ID, id, value.TIMESTAMP, value.STATUS),
    suppressed: value.MUTED?.toLowerCase() === 'true' ? { kind: 'mutelist' } : undefined,
    details: {
      account: textOf(value.ACCOUNT_UID),
      region: textOf(value.REGION),
      provider: textOf(value.PROVIDER),
      prowler_version: textOf(value.PROWLER_VERSION),
      time_without_zone: observed_at === undefined ? textOf(value.TIMESTAMP) : undefined,
    },
  };
}
