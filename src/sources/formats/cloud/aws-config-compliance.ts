import { z } from 'zod';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { instantOf, verdictBy } from '../../values.ts';
import { firstOf, jsonIn, listIn, objectOf, type Part, readParts, stateId, textOf } from '../unpack.ts';

/** AWS writes ISO 8601, its CLI epoch seconds with a fraction. */
const moment = z.unknown();
const text = z.string().nullish();
const evaluation = z.object({
  rule: z.string().min(1),
  resourceType: text,
  resourceId: z.string().min(1),
  compliance: z.string().nullish(),
  annotation: text,
  recorded: moment,
  ordered: moment,
  mode: text,
  pack: text,
  account: text,
  region: text,
  event: text,
});
type Evaluation = z.infer<typeof evaluation>;

const verdict = verdictBy({
  COMPLIANT: 'pass',
  NON_COMPLIANT: 'fail',
  NOT_APPLICABLE: 'not_applicable',
  ERROR: 'error',
});

/** Results of AWS Config rules: of the API by rule, by resource and by conformance pack, and the events of a change. */
export const awsConfigCompliance: Source = {
  id: 'aws-config-compliance',
  title: 'AWS Config: compliance details and change events',
  tool: 'aws-config',
  layer: 'runtime',
  population: 'varies',
  reference:
    'https://docs.aws.amazon.com/config/latest/APIReference/API_GetComplianceDetailsByConfigRule.html',

  detect(sample: Sample) {
    const first = objectOf(firstOf(sample));
    if (first?.['detail-type'] === 'Config Rules Compliance Change')
      return 'it is an event Config Rules Compliance Change';
    const message = objectOf(jsonIn(first?.Message)) ?? first;
    if (message?.messageType === 'ComplianceChangeNotification')
      return 'its messageType is ComplianceChangeNotification';
    for (const name of ['EvaluationResults', 'ConformancePackRuleEvaluationResults'])
      if (Array.isArray(first?.[name])) return `it has ${name}`;
    return undefined;
  },

  read: (report: Report) => readParts(report, evaluationsOf, evaluation, outcome),
};

function evaluationsOf(value: unknown): Part[] {
  const object = objectOf(value);
  const lists = listIn(object, 'EvaluationResults') ?? listIn(object, 'ConformancePackRuleEvaluationResults');
  if (lists !== undefined)
    return lists.map(({ value: each, where }) => {
      const result = objectOf(each);
      const identifier = objectOf(result?.EvaluationResultIdentifier);
      const qualifier = objectOf(identifier?.EvaluationResultQualifier);
      return {
        where,
        value: {
          rule: qualifier?.ConfigRuleName,
          resourceType: qualifier?.ResourceType,
          resourceId: qualifier?.ResourceId,
          mode: qualifier?.EvaluationMode,
          compliance: result?.ComplianceType,
          annotation: result?.Annotation,
          recorded: result?.ResultRecordedTime,
          ordered: identifier?.OrderingTimestamp,
          pack: object?.ConformancePackName,
        },
      };
    });
  const detail = objectOf(object?.detail) ?? objectOf(jsonIn(object?.Message)) ?? object;
  // Absent or null where there is no result any more.
  const result = objectOf(detail?.newEvaluationResult);
  return [
    {
      where: 'detail',
      value: {
        rule: detail?.configRuleName,
        resourceType: detail?.resourceType,
        resourceId: detail?.resourceId,
        compliance: result?.complianceType,
        annotation: result?.annotation,
        recorded: result?.resultRecordedTime,
        ordered:
          objectOf(result?.evaluationResultIdentifier)?.orderingTimestamp ?? detail?.notificationCreationTime,
        account: detail?.awsAccountId,
        region: detail?.awsRegion,
        event: object?.id,
      },
    },
  ];
}

/**
 * Security Hub and conformance packs deploy managed rules under names of their own: `securityhub-encrypted-volumes-1a2b3c4d`,
 * `encrypted-volumes-conformance-pack-abcdefghi`. The policy is the managed rule.
 */
function managedName(rule: string): string {
  return (
    /^securityhub-(.+)-[0-9a-f]{6,8}$/.exec(rule)?.[1] ??
    /^(.+)-conformance-pack-[a-z0-9]{9}$/.exec(rule)?.[1] ??
    rule
  );
}

function* outcome(value: Evaluation): Generator<Item> {
  const { rule, resourceType, resourceId, compliance } = value;
  const check = managedName(rule);
  yield {
    type: 'outcome',
    check,
    ...(check === rule ? {} : { rule }),
    subject: { type: resourceType ?? 'AWS resource', id: resourceId },
    // INSUFFICIENT_DATA, and what is not known.
    verdict: verdict(compliance),
    message: textOf(value.annotation),
    observed_at: instantOf(value.recorded) ?? instantOf(value.ordered),
    source_id: stateId(rule, resourceType, resourceId, compliance, value.recorded ?? value.ordered),
    details: {
      compliance: compliance ?? undefined,
      mode: textOf(value.mode),
      conformance_pack: textOf(value.pack),
      account: textOf(value.account),
      region: textOf(value.region),
      event_id: textOf(value.event),
    },
  };
}
