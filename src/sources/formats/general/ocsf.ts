import { z } from 'zod';
import type { Item, Outcome, Report, Sample, Source } from '../../types.ts';
import { instantOf, severityOf, verdictBy } from '../../values.ts';
import { firstOf, objectOf, readParts, stateId, textOf } from '../unpack.ts';

const text = z.string().nullish();
const moment = z.union([z.string(), z.number()]).nullish();
/** The members of OCSF 1.1 to 1.5 that are read here. */
export const ocsfFinding = z.looseObject({
  class_uid: z.number(),
  time: moment,
  severity: text,
  status: text,
  status_id: z.number().nullish(),
  status_code: text,
  status_detail: text,
  message: text,
  metadata: z
    .looseObject({
      event_code: text,
      product: z.looseObject({ name: text, uid: text, version: text }).nullish(),
    })
    .nullish(),
  finding_info: z
    .looseObject({
      uid: text,
      title: text,
      desc: text,
      types: z.array(z.string()).nullish(),
      analytic: z.looseObject({ uid: text, name: text }).nullish(),
      modified_time: moment,
      modified_time_dt: text,
      last_seen_time: moment,
      last_seen_time_dt: text,
    })
    .nullish(),
  compliance: z
    .looseObject({
      control: text,
      status: text,
      status_id: z.number().nullish(),
      standards: z.array(z.string()).nullish(),
      requirements: z.array(z.string()).nullish(),
    })
    .nullish(),
  vulnerabilities: z
    .array(
      z.looseObject({
        title: text,
        severity: text,
        cve: z.looseObject({ uid: z.string() }).nullish(),
        advisory: z.looseObject({ uid: text }).nullish(),
      }),
    )
    .nullish(),
  resources: z.array(z.looseObject({ uid: text, name: text, type: text, region: text })).nullish(),
  cloud: z.looseObject({ account: z.looseObject({ uid: text }).nullish(), region: text }).nullish(),
  remediation: z.looseObject({ desc: text }).nullish(),
  comment: text,
});
export type OcsfFinding = z.infer<typeof ocsfFinding>;

const CLASSES: Readonly<Record<number, string>> = {
  2002: 'Vulnerability Finding',
  2003: 'Compliance Finding',
  2004: 'Detection Finding',
};

/** OCSF findings in general: Compliance (2003), Detection (2004) and Vulnerability (2002), as an array or as lines. */
export const ocsf: Source = {
  id: 'ocsf',
  title: 'OCSF findings: compliance, detection, vulnerability',
  tool: 'ocsf',
  layer: 'runtime',
  population: 'varies',
  reference: 'https://schema.ocsf.io/classes/compliance_finding',

  detect(sample: Sample) {
    const first = objectOf(firstOf(sample));
    const name = CLASSES[Number(first?.class_uid)];
    return name !== undefined && objectOf(first?.metadata) !== undefined
      ? `it has class_uid ${String(first?.class_uid)}, OCSF's ${name}`
      : undefined;
  },

  read: (report: Report) => readParts(report, (value) => [{ value }], ocsfFinding, ofOcsf),
};

const BY_WORD = verdictBy({ pass: 'pass', passed: 'pass', fail: 'fail', failed: 'fail' });
/** compliance.status_id: 1 pass, 2 warning, 3 fail. A warning says neither. */
const BY_ID = verdictBy({ 1: 'pass', 3: 'fail' });

/** Items of one OCSF finding; also of those that another format carries. @param fallback prefix where no product is named */
export function* ofOcsf(value: OcsfFinding, fallback = 'ocsf'): Generator<Item> {
  const { class_uid, finding_info: info, metadata, vulnerabilities } = value;
  const tool = productOf(metadata?.product?.uid, metadata?.product?.name) ?? fallback;
  const check =
    textOf(value.compliance?.control) ??
    textOf(metadata?.event_code) ??
    textOf(info?.analytic?.uid) ??
    textOf(info?.analytic?.name) ??
    textOf(info?.types?.[0]) ??
    textOf(info?.title);
  if (!Object.hasOwn(CLASSES, class_uid))
    yield { type: 'problem', message: `class_uid ${class_uid} is no finding that is known here` };
  else if (class_uid === 2002 && vulnerabilities != null && vulnerabilities.length > 0)
    for (const each of vulnerabilities) {
      const id =
        textOf(each.cve?.uid) ?? textOf(each.advisory?.uid) ?? textOf(each.title) ?? check ?? 'vulnerability';
      yield outcome(value, tool, id, stillThere(value), severityOf(each.severity));
    }
  else if (check === undefined)
    yield {
      type: 'problem',
      message: 'the finding names neither a control, an analytic, a type nor a title',
    };
  else yield outcome(value, tool, check, verdictOf(value));
}

/** A product's name as a prefix of policy ids: `Security Hub` and `.../product/aws/securityhub` both give `securityhub`. */
export function productOf(arn: string | null | undefined, name: string | null | undefined) {
  const own = /:product\/aws\/([a-z0-9-]+)$/.exec(arn ?? '')?.[1];
  const plain = own ?? name?.toLowerCase().replace(/^(aws|amazon) /, '');
  if (plain === undefined || plain.trim() === '') return undefined;
  const slug = plain.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
  return (
    { 'security-hub': 'securityhub', 'security-hub-cspm': 'securityhub', inspector2: 'inspector' }[slug] ??
    slug
  );
}

function verdictOf(value: OcsfFinding) {
  const { class_uid, compliance, status_code } = value;
  if (class_uid === 2003) {
    const said = [
      ...(compliance?.status_id == null ? [] : [BY_ID(String(compliance.status_id))]),
      ...(textOf(compliance?.status) === undefined ? [] : [BY_WORD(compliance?.status?.toLowerCase())]),
    ];
    // Two members that contradict each other say nothing.
    return said.length > 0 && said.every((each) => each === said[0]) ? said[0] : 'not_evaluated';
  }
  const word = BY_WORD(status_code?.toLowerCase());
  return word === 'not_evaluated' ? stillThere(value) : word;
}

/** status_id 4: resolved, 5: archived, 6: deleted. Somebody set it; nobody says that it was judged again. */
function stillThere({ status_id, status, class_uid, status_code }: OcsfFinding) {
  if (class_uid === 2004 && textOf(status_code) !== undefined) return 'not_evaluated' as const;
  const gone = [4, 5, 6].includes(status_id ?? 0) || /^(resolved|archived|deleted)$/i.test(status ?? '');
  return gone ? ('not_evaluated' as const) : ('fail' as const);
}

function outcome(
  value: OcsfFinding,
  tool: string,
  check: string,
  verdict: Outcome['verdict'] = 'not_evaluated',
  severity = severityOf(value.severity),
): Outcome {
  const { finding_info: info, resources, compliance, cloud, metadata } = value;
  const [first] = resources ?? [];
  const id = textOf(first?.uid) ?? textOf(first?.name) ?? textOf(cloud?.account?.uid) ?? 'unnamed';
  const suppressed = value.status_id === 3 || /^suppressed$/i.test(value.status ?? '');
  const changed = info?.modified_time_dt ?? info?.modified_time ?? value.time;
  return {
    type: 'outcome',
    check,
    tool,
    subject: { type: textOf(first?.type) ?? 'resource', id, name: textOf(first?.name) ?? id },
    verdict,
    severity,
    message:
      textOf(value.status_detail) ?? textOf(value.message) ?? textOf(info?.title) ?? textOf(info?.desc),
    fix: textOf(value.remediation?.desc),
    observed_at:
      instantOf(info?.last_seen_time_dt) ??
      instantOf(info?.last_seen_time) ??
      instantOf(value.time) ??
      instantOf(changed),
    source_id: stateId(info?.uid, check, id, changed, value.status_id ?? value.status, verdict),
    suppressed: suppressed ? { kind: 'finding status Suppressed', reason: textOf(value.comment) } : undefined,
    details: {
      account: textOf(cloud?.account?.uid),
      region: textOf(first?.region) ?? textOf(cloud?.region),
      status: textOf(value.status),
      compliance_status: textOf(compliance?.status),
      standards: compliance?.standards ?? undefined,
      requirements: compliance?.requirements ?? undefined,
      resources: resources != null && resources.length > 1 ? resources.length : undefined,
      product_version: textOf(metadata?.product?.version),
    },
  };
}
