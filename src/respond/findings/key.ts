import { sha256 } from '../../policy/index.ts';
import { canonicalize, toHex } from '../../record/index.ts';
import type { JudgedFact, Place, SubjectFacts } from './types.ts';

/**
 * What a fail is about, however many subjects show it: its owner where one is known (the Deployment of a pod), with what the id
 * names within the subject (a container) behind it; else the subject itself. Only what the record itself says counts: a cause does not
 * change when other records come.
 */
export function causeSubject({ subject_id, facts }: Pick<JudgedFact, 'subject_id' | 'facts'>): string {
  if (facts?.owned_by === undefined) return subject_id;
  // Kind/namespace/name/containers/app: what is within the object stays.
  const within = subject_id.split('/').slice(3);
  return [facts.owned_by, ...within].join('/');
}

/** The policy that stands for all that ask the same, by the control map's groups; itself where it is in none. */
export function causePolicy(policy: string, groups: readonly (readonly string[])[]): string {
  const group = groups.find((each) => each.includes(policy));
  return group === undefined ? policy : ([...group].sort()[0] ?? policy);
}

/**
 * The id of a finding: the same cause has the same id in every log and at every time.
 * @param rule left out where it is the policy itself, or where several tools name it each in its own way
 */
export function findingId(cause: {
  policy: string;
  rule?: string | undefined;
  subject: string;
  place: Place;
}): string {
  const { policy, rule = null, subject, place } = cause;
  const key = [policy, rule, subject, place.environment ?? null, place.cluster ?? null];
  return `F-${toHex(sha256(Buffer.from(`exhibit.finding/1\n${canonicalize(key)}`))).slice(0, 16)}`;
}

const controller = (references: unknown): { kind: string; name: string } | undefined => {
  if (!Array.isArray(references)) return undefined;
  const all = references.filter(
    (each): each is { kind: string; name: string; controller?: boolean } =>
      typeof each === 'object' &&
      each !== null &&
      typeof each.kind === 'string' &&
      typeof each.name === 'string',
  );
  return all.find((each) => each.controller === true) ?? (all.length === 1 ? all[0] : undefined);
};

/**
 * Labels (or tags of a cloud), annotations and owner of an object's metadata. A pod of a ReplicaSet is its Deployment's: the ReplicaSet's name is
 * that of the Deployment with the pod's `pod-template-hash`. Nothing is followed further, so references that form a circle lead nowhere.
 * @param metadata of others: anything
 * @param subject_id says the namespace where the metadata does not
 */
export function factsOfMetadata(metadata: unknown, subject_id = ''): SubjectFacts | undefined {
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  const { labels, tags, annotations, ownerReferences, owner_references, namespace } = metadata as Record<
    string,
    unknown
  >;
  const texts = (value: unknown): Record<string, string> | undefined => {
    if (typeof value !== 'object' || value === null) return undefined;
    const entries = Object.entries(value).filter(
      (pair): pair is [string, string] => typeof pair[1] === 'string',
    );
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  };
  const label = texts(labels) ?? texts(tags);
  const annotation = texts(annotations);
  const owner = controller(ownerReferences ?? owner_references);
  const hash = label?.['pod-template-hash'];
  const named =
    owner?.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(`-${hash}`)
      ? { kind: 'Deployment', name: owner.name.slice(0, -hash.length - 1) }
      : owner;
  const owned_by =
    named === undefined
      ? undefined
      : [
          named.kind,
          ...(typeof namespace === 'string' ? [namespace] : namespaceOf(subject_id)),
          named.name,
        ].join('/');
  if (label === undefined && annotation === undefined && owned_by === undefined) return undefined;
  return {
    ...(label === undefined ? {} : { labels: label }),
    ...(annotation === undefined ? {} : { annotations: annotation }),
    ...(owned_by === undefined ? {} : { owned_by }),
  };
}

/** Of `Kind/namespace/name`; what has no namespace is `Kind/name`. */
function namespaceOf(subject_id: string): string[] {
  const [, namespace, name] = subject_id.split('/');
  return namespace === undefined || name === undefined ? [] : [namespace];
}
