import { z } from 'zod';
import { conform } from '../../each.ts';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { instantOf } from '../../values.ts';
import { firstOf, type Json, listIn, objectOf, type Part, readParts, stateId, textOf } from '../unpack.ts';
import { activity, isActivity } from './azure-policy-activity.ts';

const text = z.string().nullish();
const state = z.looseObject({
  policyDefinitionId: z.string().min(1),
  policyAssignmentId: text,
  policySetDefinitionId: text,
  policyDefinitionReferenceId: text,
  policyDefinitionAction: text,
  policyDefinitionGroupNames: z.array(z.string()).nullish(),
  resourceId: z.string().min(1),
  resourceType: text,
  complianceState: text,
  complianceReasonCode: text,
  timestamp: text,
});
type State = z.infer<typeof state>;

const attestation = z.looseObject({
  id: z.string().min(1),
  properties: z.looseObject({
    policyAssignmentId: z.string().min(1),
    policyDefinitionReferenceId: text,
    complianceState: text,
    expiresOn: text,
    owner: text,
    comments: text,
    assessmentDate: text,
    lastComplianceStateChangeAt: text,
    evidence: z.array(z.looseObject({ description: text, sourceUri: text })).nullish(),
  }),
});

const EVENT = /^Microsoft\.PolicyInsights\.PolicyState(Created|Changed|Deleted)$/;
const OF_ATTESTATION = /\/providers\/microsoft\.policyinsights\/attestations\/[^/]+$/i;

/** Azure Policy: states of the API, events of a change, entries of the activity log, attestations. */
export const azurePolicy: Source = {
  id: 'azure-policy',
  title: 'Azure Policy: states, events, activity log, attestations',
  tool: 'azure-policy',
  layer: 'runtime',
  population: 'varies',
  reference:
    'https://learn.microsoft.com/en-us/rest/api/policyinsights/policy-states/list-query-results-for-subscription',

  detect(sample: Sample) {
    const value = objectOf(firstOf(sample));
    const first = objectOf(partsOf(value)[0]?.value);
    if (first === undefined) return undefined;
    if (EVENT.test(String(first.eventType ?? first.type)))
      return 'it is an event of Microsoft.PolicyInsights';
    if (isActivity(first)) return 'its operationName is an action of Microsoft.Authorization/policies';
    if (OF_ATTESTATION.test(String(first.id))) return 'it is of type Microsoft.PolicyInsights/attestations';
    const row = objectOf(first.properties) ?? first;
    return 'complianceState' in row && 'policyDefinitionId' in row
      ? 'it has complianceState and policyDefinitionId'
      : undefined;
  },

  read: (report: Report) => readParts(report, partsOf, z.unknown(), any),
};

const partsOf = (value: unknown): Part[] => listIn(value, 'value') ?? listIn(value, 'records') ?? [{ value }];

function* any(value: unknown): Generator<Item> {
  const object = objectOf(value) ?? {};
  const kind = String(object.eventType ?? object.type);
  if (kind === 'Microsoft.EventGrid.SubscriptionValidationEvent') return;
  if (EVENT.test(kind)) yield* ofEvent(object, kind);
  else if (isActivity(object)) yield* activity(object);
  // Other entries of the same log are no policy's.
  else if ('operationName' in object && !('complianceState' in object)) return;
  else if (OF_ATTESTATION.test(String(object.id))) yield* conform(value, attestation, attested);
  // Log Analytics and the resource graph put the same members under `properties`.
  else yield* conform({ ...object, ...objectOf(object.properties) }, state, (row) => ofState(row));
}

function* ofEvent(event: Json, kind: string): Generator<Item> {
  const data = objectOf(event.data);
  // Deleted: the state is gone, with its resource or its assignment.
  const complianceState = kind.endsWith('Deleted') ? 'Deleted' : data?.complianceState;
  const row = { ...data, complianceState, resourceId: event.subject };
  yield* conform(row, state, (each) => ofState(each, textOf(event.id)), undefined, 'data');
}

/** Last part of a resource's id, in lower case as the API gives it: the GUID of a built-in definition. */
export const nameOf = (id: string) => id.split('/').at(-1)?.toLowerCase() ?? id;

/** `microsoft.storage/storageaccounts` out of a resource's id. */
export function typeOf(id: string): string {
  const found = [...id.matchAll(/\/providers\/([^/]+\/[^/]+)/gi)].at(-1)?.[1];
  return found?.toLowerCase() ?? 'azure resource';
}

function* ofState(value: State, event?: string): Generator<Item> {
  const { policyDefinitionId, resourceId, complianceState } = value;
  const check = nameOf(policyDefinitionId);
  const said = complianceState?.toLowerCase();
  const reference = textOf(value.policyDefinitionReferenceId);
  yield {
    type: 'outcome',
    check,
    ...(reference === undefined ? {} : { rule: reference }),
    subject: { type: textOf(value.resourceType)?.toLowerCase() ?? typeOf(resourceId), id: resourceId },
    verdict: said === 'compliant' ? 'pass' : said === 'noncompliant' ? 'fail' : 'not_evaluated',
    message: textOf(value.complianceReasonCode),
    observed_at: instantOf(value.timestamp),
    source_id: stateId(
      policyDefinitionId.toLowerCase(),
      resourceId.toLowerCase(),
      value.policyAssignmentId?.toLowerCase(),
      reference,
      said,
      value.timestamp,
    ),
    suppressed: said === 'exempt' ? { kind: 'policy exemption' } : undefined,
    details: {
      compliance_state: complianceState ?? undefined,
      effect: textOf(value.policyDefinitionAction),
      assignment: textOf(value.policyAssignmentId),
      initiative: textOf(value.policySetDefinitionId),
      // Control ids of a regulatory initiative, as Azure writes them.
      groups: value.policyDefinitionGroupNames ?? undefined,
      event_id: event,
    },
  };
}

/** A person's word on a policy with the effect `manual`. It is evidence of that word, and says so. */
function* attested({ id, properties }: z.infer<typeof attestation>): Generator<Item> {
  const { policyAssignmentId, complianceState, owner, expiresOn } = properties;
  const subject = id.replace(OF_ATTESTATION, '');
  const reference = textOf(properties.policyDefinitionReferenceId);
  const said = complianceState?.toLowerCase();
  const changed = properties.assessmentDate ?? properties.lastComplianceStateChangeAt;
  yield {
    type: 'outcome',
    check: reference?.toLowerCase() ?? nameOf(policyAssignmentId),
    rule: 'attestation',
    subject: { type: typeOf(subject), id: subject === '' ? id : subject },
    verdict: said === 'compliant' ? 'pass' : said === 'noncompliant' ? 'fail' : 'not_evaluated',
    message: textOf(properties.comments),
    observed_at: instantOf(changed),
    source_id: stateId(id.toLowerCase(), said, changed, expiresOn),
    actor: textOf(owner),
    details: {
      attested: true,
      expires_on: instantOf(expiresOn),
      assignment: policyAssignmentId,
      evidence: properties.evidence?.map(({ description, sourceUri }) => ({
        description,
        source: sourceUri,
      })),
    },
  };
}
