import type { Problem } from '../../types.ts';
import type { Manifest } from './manifest.ts';

/** What the rules of an object do: they refuse, they change or make objects, or they say where a policy holds. */
export type Role = 'validate' | 'mutate' | 'generate' | 'images' | 'rules' | 'binding';

interface Kind {
  group: string;
  versions: readonly string[];
  role: Role;
}

const CEL = 'policies.kyverno.io';

/** Kinds of `kyverno.yaml`, as the CLI of Kyverno 1.19 takes them. `rules`: each rule of the object says what it does. */
export const KYVERNO_KINDS: Readonly<Record<string, Kind>> = {
  ClusterPolicy: { group: 'kyverno.io', versions: ['v1', 'v2beta1'], role: 'rules' },
  Policy: { group: 'kyverno.io', versions: ['v1', 'v2beta1'], role: 'rules' },
  ValidatingPolicy: { group: CEL, versions: ['v1alpha1', 'v1beta1', 'v1'], role: 'validate' },
  NamespacedValidatingPolicy: { group: CEL, versions: ['v1beta1', 'v1'], role: 'validate' },
  ImageValidatingPolicy: { group: CEL, versions: ['v1alpha1', 'v1beta1', 'v1'], role: 'images' },
  NamespacedImageValidatingPolicy: { group: CEL, versions: ['v1beta1', 'v1'], role: 'images' },
  MutatingPolicy: { group: CEL, versions: ['v1alpha1', 'v1beta1', 'v1'], role: 'mutate' },
  NamespacedMutatingPolicy: { group: CEL, versions: ['v1beta1', 'v1'], role: 'mutate' },
  GeneratingPolicy: { group: CEL, versions: ['v1alpha1', 'v1beta1', 'v1'], role: 'generate' },
  NamespacedGeneratingPolicy: { group: CEL, versions: ['v1beta1', 'v1'], role: 'generate' },
};

const ADMISSION = 'admissionregistration.k8s.io';

/** Kinds of `admission-policy.yaml`. Kyverno 1.19 passes over a MutatingAdmissionPolicy of v1beta1 or v1 without a word. */
export const ADMISSION_KINDS: Readonly<Record<string, Kind>> = {
  ValidatingAdmissionPolicy: { group: ADMISSION, versions: ['v1'], role: 'validate' },
  ValidatingAdmissionPolicyBinding: { group: ADMISSION, versions: ['v1'], role: 'binding' },
  MutatingAdmissionPolicy: { group: ADMISSION, versions: ['v1alpha1'], role: 'mutate' },
  MutatingAdmissionPolicyBinding: {
    group: ADMISSION,
    versions: ['v1alpha1'],
    role: 'binding',
  },
};

/** What an object is for, or a problem that names what is known instead. */
export function roleOf(manifest: Manifest, kinds: Readonly<Record<string, Kind>>): Role | Problem {
  const { kind, apiVersion } = manifest;
  const known = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  const [group = '', version = ''] = apiVersion.split('/');
  if (known !== undefined && known.group === group && known.versions.includes(version)) return known.role;
  const other = known !== undefined && known.group === group;
  return {
    severity: 'error',
    rule: 'kind',
    message: other
      ? `${kind} of ${apiVersion} is not known here, so nobody could test it`
      : `${kind} of ${apiVersion} is no policy that this file may hold`,
    location: manifest.locate([known === undefined ? 'kind' : 'apiVersion']),
    hint: `${other ? `Known versions: ${written(known)}` : `Known kinds: ${Object.keys(kinds).join(', ')}`}. A newer one needs a newer Exhibit.`,
  };
}

const written = ({ group, versions }: Kind): string => versions.map((one) => `${group}/${one}`).join(', ');

export const isProblem = (value: Role | Problem): value is Problem => typeof value !== 'string';
