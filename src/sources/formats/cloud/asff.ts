import { z } from 'zod';
import type { Verdict } from '../../../record/index.ts';
import { conform } from '../../each.ts';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { instantOf, severityOf } from '../../values.ts';
import { ocsfFinding, ofOcsf, productOf } from '../general/ocsf.ts';
import { firstOf, type Json, listIn, objectOf, type Part, readParts, stateId, textOf } from '../unpack.ts';

const text = z.string().nullish();
const finding = z.looseObject({
  Id: z.string().min(1),
  ProductArn: text,
  ProductName: text,
  GeneratorId: z.string().min(1),
  AwsAccountId: text,
  Region: text,
  Types: z.array(z.string()).nullish(),
  LastObservedAt: text,
  UpdatedAt: text,
  Severity: z.looseObject({ Label: text, Normalized: z.number().nullish() }).nullish(),
  Title: text,
  Remediation: z
    .looseObject({ Recommendation: z.looseObject({ Text: text, Url: text }).nullish() })
    .nullish(),
  ProductFields: z.record(z.string(), z.unknown()).nullish(),
  Resources: z.array(z.looseObject({ Type: text, Id: text, Region: text })).nullish(),
  Compliance: z
    .looseObject({
      Status: text,
      SecurityControlId: text,
      RelatedRequirements: z.array(z.string()).nullish(),
      StatusReasons: z.array(z.looseObject({ ReasonCode: z.string() })).nullish(),
    })
    .nullish(),
  Workflow: z.looseObject({ Status: text }).nullish(),
  RecordState: text,
  Note: z.looseObject({ Text: text, UpdatedBy: text }).nullish(),
  Vulnerabilities: z.array(z.looseObject({ Id: text })).nullish(),
});
type Finding = z.infer<typeof finding>;

const EVENTS = /^(Security Hub Findings - |Findings Imported V2)/;

/** Findings in the AWS Security Finding Format: bare, as the CLI lists them, as Security Hub's events carry them; in events also OCSF. */
export const asff: Source = {
  id: 'asff',
  title: 'AWS Security Hub: ASFF findings and events',
  tool: 'securityhub',
  layer: 'runtime',
  // Controls list passes, other products only what they found.
  population: 'varies',
  reference: 'https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html',

  detect(sample: Sample) {
    const first = objectOf(firstOf(sample));
    if (EVENTS.test(String(first?.['detail-type'])) && objectOf(first?.detail) !== undefined)
      return `it is an event ${String(first?.['detail-type']).slice(0, 64)}`;
    for (const name of ['Findings', 'findings'])
      if (isAsff(listIn(first, name)?.[0]?.value))
        return `its ${name} have SchemaVersion, ProductArn and GeneratorId`;
    if (first !== undefined && listIn(first, 'Findings')?.length === 0 && Object.keys(first).length <= 2)
      return 'it is an empty list of Findings';
    return isAsff(first) ? 'it has ProductArn, GeneratorId and AwsAccountId' : undefined;
  },

  read: (report: Report) => readParts(report, findingsOf, z.unknown(), either),
};

const isAsff = (value: unknown) => {
  const each = objectOf(value);
  return each !== undefined && ['ProductArn', 'GeneratorId', 'AwsAccountId'].every((key) => key in each);
};

function findingsOf(value: unknown): Part[] {
  const detail = objectOf(value)?.detail;
  return listIn(detail, 'findings') ?? listIn(value, 'Findings') ?? listIn(value, 'findings') ?? [{ value }];
}

function* either(value: unknown): Generator<Item> {
  if (objectOf(value) !== undefined && 'class_uid' in (value as Json))
    yield* conform(value, ocsfFinding, (each) => ofOcsf(each, 'securityhub'));
  else yield* conform(value, finding, outcome);
}

function* outcome(value: Finding): Generator<Item> {
  const { Compliance, Workflow, RecordState, Resources, Severity, Note, ProductFields } = value;
  const [first] = Resources ?? [];
  const id = textOf(first?.Id) ?? textOf(value.AwsAccountId) ?? 'unnamed';
  const { tool, check, rule } = checkOf(value);
  const reasons = Compliance?.StatusReasons?.map(({ ReasonCode }) => ReasonCode);
  yield {
    type: 'outcome',
    check,
    tool,
    ...(rule === undefined ? {} : { rule }),
    subject: { type: textOf(first?.Type) ?? 'resource', id },
    verdict: verdictOf(value, reasons ?? []),
    severity:
      severityOf(Severity?.Label) ??
      severityOf(ProductFields?.['aws/securityhub/SeverityLabel']) ??
      normalized(Severity?.Normalized),
    message: textOf(value.Title),
    fix: textOf(value.Remediation?.Recommendation?.Text),
    observed_at: instantOf(value.LastObservedAt) ?? instantOf(value.UpdatedAt),
    // Trivy gives two packages of one vulnerability the same Id.
    source_id: stateId(
      value.Id,
      value.UpdatedAt,
      Compliance?.Status,
      Workflow?.Status,
      RecordState,
      id,
      value.Title,
    ),
    suppressed:
      Workflow?.Status === 'SUPPRESSED'
        ? {
            kind: 'workflow status SUPPRESSED',
            reason: textOf(Note?.Text),
            by: textOf(Note?.UpdatedBy),
          }
        : undefined,
    details: {
      account: textOf(value.AwsAccountId),
      region: textOf(value.Region) ?? textOf(first?.Region),
      generator: value.GeneratorId,
      status: textOf(Compliance?.Status),
      reasons,
      workflow: textOf(Workflow?.Status),
      record_state: textOf(RecordState),
      requirements: Compliance?.RelatedRequirements ?? undefined,
      resources: Resources != null && Resources.length > 1 ? Resources.length : undefined,
      guide: textOf(value.Remediation?.Recommendation?.Url),
    },
  };
}

/** Why Security Hub could not judge. */
const FAULTS = ['CONFIG_RULE_EVALUATION_ERROR', 'CONFIG_ACCESS_DENIED', 'INTERNAL_SERVICE_ERROR'];

function verdictOf(value: Finding, reasons: readonly string[]): Verdict {
  // Archived: the resource or the control is gone, or nothing came for days. What it said is not said any more.
  if (value.RecordState === 'ARCHIVED') return 'not_evaluated';
  switch (value.Compliance?.Status) {
    case 'FAILED':
      return 'fail';
    case 'PASSED':
      // No resource was in the rule's scope: Security Hub calls that passed.
      return reasons.includes('CONFIG_EVALUATIONS_EMPTY') ? 'not_applicable' : 'pass';
    case 'NOT_AVAILABLE':
    case 'WARNING':
      if (reasons.includes('CONFIG_RETURNS_NOT_APPLICABLE')) return 'not_applicable';
      return reasons.some((reason) => FAULTS.includes(reason)) ? 'error' : 'not_evaluated';
    case undefined:
    case null:
      // Products that only report what they found. Resolved is a person's word, not a second look.
      return value.Workflow?.Status === 'RESOLVED' ? 'not_evaluated' : 'fail';
    default:
      return 'not_evaluated';
  }
}

function checkOf(value: Finding): { tool: string; check: string; rule?: string } {
  const { Compliance, ProductFields, GeneratorId, Types, Vulnerabilities } = value;
  const named =
    textOf(value.ProductName) ??
    textOf(ProductFields?.['aws/securityhub/ProductName']) ??
    textOf(ProductFields?.['Product Name']) ??
    textOf(ProductFields?.ProviderName);
  // Products that send to their customer's own account have the product `default`: their name is in their fields.
  const [, company, product] = /:product\/([^/]+)\/([^/]+)$/.exec(value.ProductArn ?? '') ?? [];
  const tool =
    productOf(undefined, named) ??
    productOf(undefined, product === 'default' ? `custom-${company}` : product) ??
    'securityhub';
  if (tool === 'securityhub') return { tool, ...controlOf(value) };
  const type = textOf(Types?.[0])?.split('/').at(-1);
  // The generator of GuardDuty's findings is only the detector.
  if (tool === 'guardduty' && type !== undefined) return { tool, check: type };
  const vulnerability = textOf(Vulnerabilities?.[0]?.Id);
  if (vulnerability !== undefined) return { tool, check: vulnerability };
  if (tool === 'prowler') return { tool, check: GeneratorId.replace(/^prowler-/, '') };
  return { tool, check: textOf(Compliance?.SecurityControlId) ?? GeneratorId.replace(/^Trivy\//, '') };
}

/** Ids of controls: `IAM.5` in consolidated findings, in those of one standard, and `CIS.1.3` from rule ids of the oldest ones. */
function controlOf({ Compliance, ProductFields, GeneratorId }: Finding): { check: string; rule?: string } {
  const control = textOf(Compliance?.SecurityControlId) ?? textOf(ProductFields?.ControlId);
  if (control !== undefined) return { check: control };
  const last = GeneratorId.split('/').at(-1) ?? GeneratorId;
  if (/^[A-Za-z0-9]+\.\d+$/.test(last) && !/^\d/.test(last)) return { check: last };
  const rule = textOf(ProductFields?.RuleId);
  return rule === undefined ? { check: GeneratorId } : { check: `CIS.${rule}`, rule: GeneratorId };
}

/** The scale of ASFF: 0, 1 to 39, 40 to 69, 70 to 89, 90 to 100. */
function normalized(score: number | null | undefined) {
  if (score == null || !(score >= 0 && score <= 100)) return undefined;
  if (score >= 90) return 'critical' as const;
  if (score >= 70) return 'high' as const;
  if (score >= 40) return 'medium' as const;
  return score > 0 ? ('low' as const) : ('info' as const);
}
