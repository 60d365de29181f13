import type { Manifest } from '../stacks/kyverno/manifest.ts';
import type { Override } from '../types.ts';
import { expressionOf, type ResourceFilter } from './kyverno-match.ts';

/** Where Kyverno looks for exceptions, once its flags switch them on. */
const NAMESPACE = 'kyverno';

export interface PolicyException {
  apiVersion: string;
  kind: 'PolicyException';
  metadata: {
    name: string;
    namespace: string;
    labels: Record<string, string>;
    annotations: Record<string, string>;
  };
  spec: unknown;
}

/**
 * The exception that carries an override. Kyverno evaluates its condition on every request, so that it ends at its sunset; the
 * label has the object itself removed some time after that.
 */
export function exceptionOf(
  override: Override,
  policy: Manifest,
  filters: readonly ResourceFilter[],
): PolicyException {
  const cel = policy.apiVersion.startsWith('policies.kyverno.io/');
  return {
    apiVersion: cel ? 'policies.kyverno.io/v1' : 'kyverno.io/v2',
    kind: 'PolicyException',
    metadata: {
      name: nameOf(override),
      namespace: NAMESPACE,
      labels: { 'cleanup.kyverno.io/ttl': end(override).replace(/:/g, '') },
      annotations: {
        'exhibit/override': override.id,
        'exhibit/digest': override.digest,
        'exhibit/owner': override.owner,
        'exhibit/approver': override.approver,
        'exhibit/reason': override.reason,
        'exhibit/ticket': override.ticket,
        'exhibit/sunset': override.sunset,
      },
    },
    spec: cel ? celSpec(override, policy, filters) : spec(override, policy, filters),
  };
}

function spec(override: Override, policy: Manifest, filters: readonly ResourceFilter[]): unknown {
  const { layers } = override.scope;
  const now = '{{ time_now_utc() }}';
  const inForce = [
    `time_before('${now}', '${end(override)}')`,
    `time_after('${now}', '${beginning(override)}')`,
  ];
  return {
    background: layers === undefined || layers.includes('runtime'),
    // Kyverno's own rules for workloads have names that begin with `autogen-`.
    exceptions: [{ policyName: policy.name, ruleNames: ['*'] }],
    match: { any: filters.map((resources) => ({ resources })) },
    conditions: { all: inForce.map((key) => ({ key: `{{ ${key} }}`, operator: 'Equals', value: true })) },
  };
}

function celSpec(override: Override, policy: Manifest, filters: readonly ResourceFilter[]): unknown {
  return {
    policyRefs: [{ name: policy.name, kind: policy.kind }],
    matchConditions: [
      { name: 'until-its-sunset', expression: `time.now() < timestamp('${end(override)}')` },
      { name: 'since-its-creation', expression: `time.now() > timestamp('${beginning(override)}')` },
      { name: 'in-its-scope', expression: expressionOf(filters) },
    ],
  };
}

const SECOND = 1000;
const at = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

/** The first whole second in which it is gone. Kyverno's clock has whole seconds. */
const end = ({ sunset }: Override): string => at(Math.floor(Date.parse(sunset) / SECOND) * SECOND + SECOND);
/** The last whole second before it holds, since Kyverno compares without equality. */
const beginning = ({ created }: Override): string =>
  at(Math.ceil(Date.parse(created) / SECOND) * SECOND - SECOND);

/** A name of Kubernetes, of an id that may be any text. */
function nameOf({ id, digest }: Override): string {
  const words = id
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 200)
    .replace(/^-+|-+$/g, '');
  return `${words === '' ? 'override' : words}-${digest.slice('sha256:'.length, 'sha256:'.length + 8)}`;
}
