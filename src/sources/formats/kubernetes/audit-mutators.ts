import { isObject } from './objects.ts';

/** A policy that a patch names as the one that made it. */
export interface Mutator {
  tool: 'kyverno' | 'gatekeeper';
  check: string;
  rule?: string;
  /** What the policy did, where its engine says so: `added /spec/securityContext`. */
  did: string[];
}

const KYVERNO = 'policies.kyverno.io/last-applied-patches';
const GATEKEEPER = 'gatekeeper.sh/mutations';

/**
 * Policies that made a patch, as their engines write them into it: Kyverno a line for each change (`RULE.POLICY.kyverno.io: added PATH`),
 * Gatekeeper with --mutation-annotations a list (`Assign/NAMESPACE/NAME:GENERATION`). Read only of the engine's own webhook: what the annotations
 * of an object say anybody may have written.
 * @see kyverno, pkg/webhooks/utils/generate_annotations; gatekeeper, website/docs/customize-startup.md
 */
export function mutatorsOf(webhook: string, patch: readonly unknown[]): Mutator[] {
  if (/\.kyverno\.svc/.test(webhook)) return ofKyverno(annotation(patch, KYVERNO) ?? '');
  if (/gatekeeper\.sh$/.test(webhook)) return ofGatekeeper(annotation(patch, GATEKEEPER) ?? '');
  return [];
}

/** The value that a patch gives to an annotation, alone or with all annotations. */
function annotation(patch: readonly unknown[], key: string): string | undefined {
  const own = `/metadata/annotations/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const values = patch.filter(isObject).map(({ path, value }) => {
    if (path === own) return value;
    return path === '/metadata/annotations' && isObject(value) && Object.hasOwn(value, key)
      ? value[key]
      : undefined;
  });
  return values.findLast((value): value is string => typeof value === 'string');
}

function ofKyverno(text: string): Mutator[] {
  const found = new Map<string, Mutator>();
  for (const line of text.split('\n')) {
    const [, rule, check, did] = /^([^.\s:]+)\.([^\s:]+)\.kyverno\.io: (.+)$/.exec(line.trim()) ?? [];
    if (rule === undefined || check === undefined || did === undefined) continue;
    const key = `${check} ${rule}`;
    const one = found.get(key) ?? { tool: 'kyverno', check, rule, did: [] };
    one.did.push(did);
    found.set(key, one);
  }
  return [...found.values()];
}

function ofGatekeeper(text: string): Mutator[] {
  return text.split(', ').flatMap((one): Mutator[] => {
    const [, kind, namespace, name] = /^([A-Z]\w*)\/([^/\s]*)\/([^/\s:]+):\d+$/.exec(one) ?? [];
    if (kind === undefined || name === undefined) return [];
    return [
      {
        tool: 'gatekeeper',
        check: kind,
        rule: [namespace, name].filter((part) => part !== '').join('/'),
        did: [],
      },
    ];
  });
}
