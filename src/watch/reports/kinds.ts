import { type Connection, findResource, type Resource, resourcesOf } from '../../kubernetes/index.ts';

/** A kind of object in which another engine writes what it found, and the format in which it does. */
export interface ReportKind {
  resource: Resource;
  /** Id of the format. */
  format: string;
}

const KNOWN = [
  ['policyreports', 'wgpolicyk8s.io', 'policy-report'],
  ['clusterpolicyreports', 'wgpolicyk8s.io', 'policy-report'],
  ['reports', 'openreports.io', 'open-reports'],
  ['clusterreports', 'openreports.io', 'open-reports'],
  // What Kyverno found at admission, before it stands in a report.
  ['ephemeralreports', 'reports.kyverno.io', 'kyverno-ephemeral'],
  ['clusterephemeralreports', 'reports.kyverno.io', 'kyverno-ephemeral'],
] as const;

/** Gatekeeper makes a kind for each template: all of the group are constraints. */
const CONSTRAINTS = { group: 'constraints.gatekeeper.sh', version: 'v1beta1' };

/** What the role of a collector must allow. */
export const REPORT_RESOURCES: readonly { resource: string; group: string }[] = [
  ...KNOWN.map(([resource, group]) => ({ resource, group })),
  { resource: '*', group: CONSTRAINTS.group },
];

/**
 * Kinds of reports that the cluster has now: engines, and templates of Gatekeeper, may come later.
 * @throws ExhibitError CLUSTER_FAILED, CLUSTER_DENIED
 */
export async function reportKinds(connection: Connection, signal: AbortSignal): Promise<ReportKind[]> {
  const found: ReportKind[] = [];
  for (const [resource, group, format] of KNOWN) {
    const one = await findResource(connection, { resource, group }, signal);
    if (one !== undefined) found.push({ resource: one, format });
  }
  for (const resource of await resourcesOf(connection, CONSTRAINTS.group, CONSTRAINTS.version, signal))
    found.push({ resource, format: 'gatekeeper-constraint' });
  return found;
}
