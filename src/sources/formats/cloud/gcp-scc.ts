import { z } from 'zod';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { instantOf, severityOf } from '../../values.ts';
import { firstOf, type Json, listIn, objectOf, type Part, readParts, stateId, textOf } from '../unpack.ts';
import { published } from './gcp-envelope.ts';

const text = z.string().nullish();
const finding = z.looseObject({
  name: z.string().min(1),
  category: z.string().min(1),
  resourceName: text,
  state: text,
  severity: text,
  mute: text,
  muteInitiator: text,
  eventTime: text,
  description: text,
  findingClass: text,
  nextSteps: text,
  sourceProperties: z.record(z.string(), z.unknown()).nullish(),
  compliances: z
    .array(z.looseObject({ standard: text, version: text, ids: z.array(z.string()).nullish() }))
    .nullish(),
});
type Finding = z.infer<typeof finding>;
const pair = z.looseObject({
  finding,
  resource: z.looseObject({ name: text, type: text, displayName: text, projectDisplayName: text }).nullish(),
});

const NAME =
  /^(organizations|folders|projects)\/[^/]+\/sources\/[^/]+\/(locations\/[^/]+\/)?findings\/[^/]+$/;

/** Google Security Command Center: notifications, also in a Pub/Sub message, and lists of findings; API v1 and v2. */
export const gcpScc: Source = {
  id: 'gcp-scc',
  title: 'Google Security Command Center: notifications, lists',
  tool: 'gcp-scc',
  layer: 'runtime',
  population: 'failures',
  reference:
    'https://cloud.google.com/security-command-center/docs/reference/rest/v2/organizations.sources.findings',

  detect(sample: Sample) {
    const first = objectOf(partsOf(firstOf(sample))[0]?.value);
    const each = objectOf(first?.finding);
    return NAME.test(String(each?.name)) && 'category' in (each ?? {})
      ? 'it has a finding with category, whose name ends in sources/…/findings/…'
      : undefined;
  },

  read: (report: Report) => readParts(report, partsOf, pair, outcome),
};

function partsOf(value: unknown): Part[] {
  return published(value).flatMap(({ value: inner, where }) => {
    const list = listIn(inner, 'listFindingsResults');
    if (list !== undefined) return list;
    const bare = listIn(inner, 'findings')?.map((each) => ({ ...each, value: { finding: each.value } }));
    if (bare !== undefined) return bare;
    const object: Json | undefined = objectOf(inner);
    return [
      { where, value: object !== undefined && NAME.test(String(object.name)) ? { finding: inner } : inner },
    ];
  });
}

function* outcome({ finding: value, resource }: z.infer<typeof pair>): Generator<Item> {
  const { name, category, state, mute, sourceProperties: more } = value;
  const id = textOf(value.resourceName) ?? textOf(resource?.name) ?? name;
  yield {
    type: 'outcome',
    check: category,
    subject: {
      type: textOf(resource?.type) ?? /^\/\/([^/]+)\.googleapis\.com\//.exec(id)?.[1] ?? 'resource',
      id,
      name: textOf(resource?.displayName) ?? id,
    },
    // INACTIVE: fixed, or triaged as no issue, or otherwise addressed. Nobody says which.
    verdict: state === 'ACTIVE' ? 'fail' : 'not_evaluated',
    severity: severityOf(value.severity) ?? severityOf(more?.SeverityLevel),
    message: textOf(value.description) ?? textOf(more?.Explanation) ?? category,
    fix: textOf(value.nextSteps) ?? textOf(more?.Recommendation),
    observed_at: instantOf(value.eventTime),
    // The second version of the API puts a location into the same name.
    source_id: stateId(name.replace(/\/locations\/[^/]+/, ''), value.eventTime, state, mute),
    suppressed: mute === 'MUTED' ? { kind: 'muted finding', by: textOf(value.muteInitiator) } : undefined,
    details: {
      state: textOf(state),
      class: textOf(value.findingClass),
      project: textOf(resource?.projectDisplayName) ?? textOf(more?.ProjectId),
      scanner: textOf(more?.ScannerName),
      compliance: standardsOf(value),
    },
  };
}

/** `cis 5.3`: the standards that the finding itself names, in its new or its old place. */
function standardsOf({ compliances, sourceProperties }: Finding): string[] | undefined {
  const now = compliances?.map((each) =>
    [each.standard, each.version, ...(each.ids ?? [])].filter(textOf).join(' '),
  );
  if (now !== undefined && now.length > 0) return now;
  const old = objectOf(sourceProperties?.compliance_standards);
  if (old === undefined) return undefined;
  return Object.entries(old).flatMap(([standard, entries]) =>
    (Array.isArray(entries) ? entries : []).flatMap((entry: unknown) => {
      const ids = objectOf(entry)?.ids;
      return Array.isArray(ids) ? ids.map((id) => `${standard} ${String(id)}`) : [];
    }),
  );
}
