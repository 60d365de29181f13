import { parseAllDocuments } from 'yaml';
import {
  type Bundle,
  checkIdOf,
  constraintKindOf,
  isRegoPolicy,
  type Policy,
  trivyIdOf,
} from '../../policy/index.ts';
import { membersOf } from '../formats/members.ts';
import type { Outcome } from '../types.ts';

/** A policy of the bundle that another tool has from an export. */
export interface Own {
  policy: Policy;
  /** Of the export. */
  format: string;
  /** Whether this outcome is of it: another object may have the name. */
  fits(outcome: Outcome): boolean;
}

/**
 * Policies of a bundle by the names that exports give them: `checkov/CKV2_EXH_...`. Only of exports that the policy repository names, so
 * the signature of the bundle vouches for it: a report alone makes no result of a policy that is not exported to its tool.
 */
export function ownPolicies({ exports, policies, files }: Bundle): ReadonlyMap<string, Own> {
  const own = new Map<string, Own>();
  const byId = new Map(policies.map((policy) => [policy.id, policy]));
  for (const { format, policies: carried } of exports ?? [])
    for (const id of carried) {
      const policy = byId.get(id);
      if (policy === undefined) continue;
      for (const [name, fits] of namesOf(format, policy, files)) own.set(name, { policy, format, fits });
    }
  return own;
}

type Fits = Own['fits'];

function namesOf(format: string, policy: Policy, files: Bundle['files']): [name: string, fits: Fits][] {
  const { id } = policy;
  switch (format) {
    case 'checkov':
      return [[`checkov/${checkIdOf(id)}`, () => true]];
    case 'trivy':
      return [[`trivy/${trivyIdOf(id)}`, () => true]];
    case 'gatekeeper':
      return [
        // Another constraint of the template has other parameters or another scope: it is not the one that was exported.
        [`gatekeeper/${constraintKindOf(id)}`, ({ rule }) => rule === id],
        // The API server's log names a denial by the constraint alone, and tells of no pass.
        [`gatekeeper/${id}`, ({ rule, verdict }) => rule === undefined && verdict === 'fail'],
      ];
    case 'kyverno':
      return ofStack(policy, files);
    default:
      return [];
  }
}

/** Policies of Kyverno and of the API server keep their names, which others may have, too: kind and rule must fit as well. */
function ofStack(policy: Policy, files: Bundle['files']): [string, Fits][] {
  if (isRegoPolicy(policy)) return [];
  const { id, style } = policy;
  const bytes = files.get(policy.file);
  if (bytes === undefined) return [];
  const object = parseAllDocuments(Buffer.from(bytes).toString('utf8'), { uniqueKeys: false })
    .map((document) => membersOf(document.toJS()))
    .find((value) => membersOf(value?.metadata)?.name === id);
  if (object === undefined) return [];
  if (style === 'admission-policy')
    return object.kind === 'ValidatingAdmissionPolicy'
      ? [[`validating-admission-policy/${id}`, () => true]]
      : [];
  const rules = rulesOf(object);
  const engine = rules === undefined ? `Kyverno${String(object.kind)}` : 'kyverno';
  return [
    [
      `kyverno/${id}`,
      ({ rule, details }) =>
        (details?.source === undefined || details.source === engine) &&
        (rule === undefined || rules === undefined || rules.has(rule)),
    ],
  ];
}

/** Names of the rules, with those that Kyverno makes of them for what makes Pods; undefined for kinds without rules. */
function rulesOf(object: Record<string, unknown>): ReadonlySet<string> | undefined {
  const rules = membersOf(object.spec)?.rules;
  if (!Array.isArray(rules)) return undefined;
  const names = rules.flatMap((rule: unknown) => {
    const name = membersOf(rule)?.name;
    return typeof name === 'string' ? [name] : [];
  });
  return new Set(names.flatMap((name) => [name, `autogen-${name}`, `autogen-cronjob-${name}`]));
}

/** What the exports of Gatekeeper and Trivy put before what a policy could not judge: they have one word for both. */
const NOT_EVALUATED = /^Not evaluated: /;
/** What the export of Checkov writes where overrides of the bundle waive a resource. */
const WAIVED = /^Waived by override (.+)$/;

/**
 * An outcome as one of the own policy: with its severity, the foreign names in the details, and no more than the tool could know.
 */
export function asOwn(
  outcome: Outcome,
  foreign: string,
  { policy, format }: Own,
  { overrides }: Bundle,
): Outcome {
  const { rule, ...rest } = outcome;
  const { severity, message = '', suppressed } = rest;
  const waived = format === 'checkov' ? WAIVED.exec(suppressed?.reason ?? '')?.[1]?.split(', ') : undefined;
  // Our own override: it is applied here again, by the same code and clock, and not taken on the tool's word.
  const known = waived?.every((id) => overrides.some((one) => one.id === id && one.policy === policy.id));
  return {
    ...rest,
    ...(known === true
      ? { verdict: 'fail' as const, suppressed: undefined }
      : verdictOf(outcome, format, message)),
    ...(format === 'kyverno' && rule !== undefined ? { rule } : {}),
    severity: policy.severity,
    details: {
      ...outcome.details,
      export: format,
      foreign: {
        policy_id: foreign,
        ...(rule === undefined ? {} : { rule }),
        ...(severity === undefined ? {} : { severity }),
      },
    },
  };
}

function verdictOf(
  { verdict }: Outcome,
  format: string,
  message: string,
): Pick<Outcome, 'verdict' | 'message'> {
  if (verdict === 'fail' && NOT_EVALUATED.test(message)) return { verdict: 'not_evaluated', message };
  // Trivy says the same of a file in which there was nothing that the policy judges.
  if (verdict === 'pass' && format === 'trivy')
    return {
      verdict: 'not_evaluated',
      message: 'Trivy does not say whether the policy judged anything here',
    };
  return { verdict, message: message === '' ? undefined : message };
}
