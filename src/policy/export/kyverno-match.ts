import type { OverrideScope } from '../types.ts';

/** Objects that a filter of Kyverno takes: all of a kind, by namespace and name. */
export interface ResourceFilter {
  kinds: string[];
  namespaces?: string[];
  names?: string[];
}

/** Kinds without a namespace that a cluster itself brings; of a kind of somebody's own nothing says whether it has one. */
const CLUSTER_WIDE: ReadonlySet<string> = new Set([
  'APIService',
  'CertificateSigningRequest',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'IngressClass',
  'MutatingWebhookConfiguration',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PriorityClass',
  'RuntimeClass',
  'StorageClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
]);

/**
 * A scope as filters that take exactly the subjects which it covers, or in words why there are none. A subject of Kyverno is an
 * object, `Kind/namespace/name`, or `Kind/name` where its kind has no namespace.
 */
export function filtersOf(scope: OverrideScope): ResourceFilter[] | string {
  for (const field of ['types', 'environments', 'repositories', 'files'] as const)
    if (scope[field] !== undefined) return `its scope names ${field}, which a PolicyException cannot`;
  if (scope.layers !== undefined && !scope.layers.includes('admission'))
    return 'its scope leaves out the layer admission';
  if (scope.subjects === undefined) return 'its scope names no subjects';
  const filters: ResourceFilter[] = [];
  for (const glob of scope.subjects) {
    const filter = filterOf(glob);
    if (typeof filter === 'string') return `its subject ${glob} ${filter}`;
    filters.push(filter);
  }
  return filters;
}

function filterOf(glob: string): ResourceFilter | string {
  if (/[?[\]{}!<>]/.test(glob)) return 'holds a sign that no name of Kubernetes has';
  const [kind = '', ...rest] = glob.split('/');
  if (!/^[A-Za-z][A-Za-z0-9]*$/.test(kind)) return 'names no kind';
  if (rest.length === 1 && rest[0] === '**') return { kinds: [kind] };
  if (rest.length === 2 && rest[1] === '**' && !rest[0]?.includes('**'))
    return { kinds: [kind], namespaces: [rest[0] ?? ''] };
  if (glob.includes('**')) return 'names parts of an object, and Kyverno judges whole objects';
  const [first = '', second] = rest;
  if (rest.length === 2 && second !== undefined && first !== '' && second !== '')
    return { kinds: [kind], namespaces: [first], names: [second] };
  if (rest.length !== 1 || first === '') return 'is not of the form Kind/namespace/name or Kind/name';
  return CLUSTER_WIDE.has(kind)
    ? { kinds: [kind], names: [first] }
    : 'names no namespace, and its kind may have one';
}

/** The same as an expression of CEL on the object. */
export function expressionOf(filters: readonly ResourceFilter[]): string {
  return filters
    .map(({ kinds, namespaces, names }) => {
      const parts = [`object.kind in ${JSON.stringify(kinds)}`];
      if (namespaces !== undefined) parts.push(anyOf("object.metadata.?namespace.orValue('')", namespaces));
      if (names !== undefined) parts.push(anyOf('object.metadata.name', names));
      return `(${parts.join(' && ')})`;
    })
    .join(' || ');
}

/** Names of Kubernetes hold no sign that a regular expression reads otherwise, but the dot. */
function anyOf(value: string, globs: readonly string[]): string {
  const tests = globs.map((glob) =>
    glob.includes('*')
      ? `${value}.matches(${JSON.stringify(`^${glob.replace(/[.+^$()|\\]/g, '\\$&').replaceAll('*', '.*')}$`)})`
      : `${value} == ${JSON.stringify(glob)}`,
  );
  return tests.length === 1 ? (tests[0] ?? '') : `(${tests.join(' || ')})`;
}
