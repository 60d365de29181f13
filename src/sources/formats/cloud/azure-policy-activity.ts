import { z } from 'zod';
import type { Item } from '../../types.ts';
import { instantOf } from '../../values.ts';
import { type Json, jsonIn, objectOf, stateId, textOf } from '../unpack.ts';

const text = z.string().nullish();
const policy = z.looseObject({
  policyDefinitionId: text,
  policyDefinitionName: text,
  policyDefinitionDisplayName: text,
  policyDefinitionEffect: text,
  policyDefinitionReferenceId: text,
  policySetDefinitionId: text,
  policyAssignmentId: text,
});

const ACTION = /^microsoft\.authorization\/policies\/([a-z]+)\/action$/i;

/** The REST API gives `operationName {value}`, the exported log a text; the case varies. */
const operationOf = ({ operationName }: Json) =>
  textOf(objectOf(operationName)?.value) ?? textOf(operationName) ?? '';

/** Whether it is an entry of the activity log that a policy wrote. */
export const isActivity = (entry: Json): boolean => ACTION.test(operationOf(entry));

/** One outcome for each policy that an entry of the activity log names: `properties.policies` is JSON in a text. */
export function* activity(entry: Json): Generator<Item> {
  const properties = objectOf(entry.properties);
  const effect = ACTION.exec(operationOf(entry))?.[1]?.toLowerCase() ?? '';
  const subject = textOf(properties?.entity) ?? textOf(entry.resourceId) ?? 'unnamed';
  const parsed = z.array(policy).min(1).safeParse(jsonIn(properties?.policies));
  // Without the list, the entry may still stand on the definition itself.
  const own: z.infer<typeof policy>[] | undefined = /\/policydefinitions\/[^/]+$/i.test(subject)
    ? [{ policyDefinitionId: subject }]
    : undefined;
  const policies = parsed.success ? parsed.data : own;
  if (policies === undefined) {
    yield {
      type: 'problem',
      message: `the entry ${operationOf(entry)} of ${subject.slice(0, 200)} names no policy: properties.policies is missing or no list`,
      hint: 'Export the activity log with its properties.',
    };
    return;
  }
  const time = textOf(entry.time) ?? textOf(entry.eventTimestamp) ?? textOf(properties?.eventTimestamp);
  for (const [index, each] of policies.entries()) {
    const id = textOf(each.policyDefinitionId)?.split('/').at(-1) ?? textOf(each.policyDefinitionName);
    const check = id?.toLowerCase() ?? textOf(each.policyDefinitionDisplayName);
    if (check === undefined) {
      yield { type: 'problem', message: `properties.policies[${index}] has neither id nor name` };
      continue;
    }
    // A compliance scan blocks nobody; only a request that came in can be denied.
    const scan = String(properties?.isComplianceCheck).toLowerCase() === 'true';
    const found = ['audit', 'auditifnotexists', 'deny', 'denyaction'].includes(effect);
    yield {
      type: 'outcome',
      check,
      subject: {
        type: (/\/providers\/([^/]+\/[^/]+)/i.exec(subject)?.[1] ?? 'azure resource').toLowerCase(),
        id: subject,
      },
      // Modify, append and deployIfNotExists change something afterwards: the entry does not say what holds now.
      verdict: found ? 'fail' : 'not_evaluated',
      message: textOf(each.policyDefinitionDisplayName),
      observed_at: instantOf(time),
      source_id: stateId(
        textOf(entry.eventDataId) ?? textOf(entry.correlationId),
        effect,
        subject.toLowerCase(),
        time,
        index,
        check,
      ),
      disposition: found ? (effect.startsWith('deny') && !scan ? 'enforced' : 'observed') : undefined,
      details: {
        effect,
        compliance_scan: scan,
        result: textOf(entry.resultType),
        assignment: textOf(each.policyAssignmentId),
        initiative: textOf(each.policySetDefinitionId),
        reference: textOf(each.policyDefinitionReferenceId),
      },
    };
  }
}
