import { z } from 'zod';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { instantOf } from '../../values.ts';
import { firstOf, type Json, objectOf, readParts, stateId, textOf } from '../unpack.ts';
import { published } from './gcp-envelope.ts';

const text = z.string().nullish();
const violation = z.looseObject({
  constraint: z.string().min(1),
  errorMessage: text,
  checkedValue: text,
});
const entry = z.looseObject({
  insertId: text,
  timestamp: text,
  logName: text,
  protoPayload: z.looseObject({
    methodName: text,
    serviceName: text,
    resourceName: text,
    authenticationInfo: z.looseObject({ principalEmail: text }).nullish(),
    status: z.looseObject({ code: z.number().nullish() }).nullish(),
    policyViolationInfo: z
      .looseObject({
        orgPolicyViolationInfo: z
          .looseObject({ resourceType: text, violationInfo: z.array(violation).min(1) })
          .nullish(),
      })
      .nullish(),
    metadata: z
      .looseObject({
        dryRun: z.boolean().nullish(),
        violationReason: text,
        resourceNames: z.array(z.string()).nullish(),
        securityPolicyInfo: z.looseObject({ servicePerimeterName: text }).nullish(),
        vpcServiceControlsUniqueId: text,
      })
      .nullish(),
  }),
});
type Entry = z.infer<typeof entry>;

/** Entries of Cloud Audit Logs that an organization policy or VPC Service Controls wrote: who was stopped by which of them. */
export const gcpPolicyViolation: Source = {
  id: 'gcp-policy-violation',
  title: 'Google Cloud: violations of organization policies and VPC Service Controls',
  tool: 'gcp-org-policy',
  layer: 'runtime',
  population: 'failures',
  reference: 'https://github.com/googleapis/googleapis: google/cloud/audit/audit_log.proto',

  detect(sample: Sample) {
    const first = objectOf(published(firstOf(sample))[0]?.value);
    const payload = objectOf(first?.protoPayload);
    if (payload === undefined) return undefined;
    if (/cloudaudit\.googleapis\.com%2Fpolicy$/.test(String(first?.logName)))
      return 'its logName is that of policy denials';
    if (objectOf(payload.policyViolationInfo) !== undefined)
      return 'its protoPayload has policyViolationInfo';
    return isPerimeter(objectOf(payload.metadata))
      ? 'its protoPayload.metadata is of VPC Service Controls'
      : undefined;
  },

  read: (report: Report) => readParts(report, published, entry, outcomes),
};

function isPerimeter(metadata: Json | undefined): boolean {
  const type = Object.values(metadata ?? {}).some(
    (each) => typeof each === 'string' && each.endsWith('google.cloud.audit.VpcServiceControlAuditMetadata'),
  );
  return type || (metadata !== undefined && 'vpcServiceControlsUniqueId' in metadata);
}

function* outcomes(value: Entry): Generator<Item> {
  const { protoPayload: payload } = value;
  const organization = payload.policyViolationInfo?.orgPolicyViolationInfo;
  const metadata = payload.metadata;
  if (organization != null)
    for (const [index, each] of organization.violationInfo.entries())
      yield {
        ...shared(value, index, organization.resourceType),
        check: each.constraint.replace(/^constraints\//, ''),
        message: textOf(each.errorMessage) ?? `violates ${each.constraint}`,
      };
  else if (metadata != null && isPerimeter(metadata)) {
    const perimeter = textOf(metadata.securityPolicyInfo?.servicePerimeterName);
    yield {
      ...shared(value, 0, undefined, metadata.resourceNames?.[0]),
      tool: 'gcp-vpc-service-controls',
      check: perimeter ?? 'unnamed perimeter',
      ...(textOf(metadata.violationReason) === undefined
        ? {}
        : { rule: textOf(metadata.violationReason) as string }),
      message: `${payload.methodName ?? 'the call'} is outside of what the perimeter allows${
        textOf(metadata.violationReason) === undefined ? '' : `: ${metadata.violationReason}`
      }`,
    };
  }
  // Other entries of the same log are no violations.
}

function shared(value: Entry, index: number, type?: string | null, resource?: string) {
  const { protoPayload: payload, insertId, timestamp } = value;
  const id = resource ?? textOf(payload.resourceName) ?? 'unnamed';
  const code = payload.status?.code ?? 0;
  // In dry run, and where the call went through, nothing was stopped.
  const stopped = payload.metadata?.dryRun !== true && code !== 0;
  return {
    type: 'outcome' as const,
    subject: { type: textOf(type) ?? textOf(payload.serviceName) ?? 'resource', id },
    verdict: 'fail' as const,
    observed_at: instantOf(timestamp),
    source_id: stateId(insertId, timestamp, value.logName, index),
    disposition: stopped ? ('enforced' as const) : ('observed' as const),
    actor: textOf(payload.authenticationInfo?.principalEmail),
    details: {
      method: textOf(payload.methodName),
      status_code: payload.status?.code ?? undefined,
      dry_run: payload.metadata?.dryRun ?? undefined,
      unique_id: textOf(payload.metadata?.vpcServiceControlsUniqueId),
    },
  };
}
