import { type InputDocument, parseInput } from '../../../src/inputs/index.ts';
import type { Layer } from '../../../src/record/index.ts';

/** In which form a layer gets what is judged. */
export const FORMS = [
  'terraform-plan',
  'hcl',
  'cloudformation',
  'arm',
  'manifest',
  'admission-review',
  'live-object',
  'aws-config',
  'azure-resources',
  'gcp-assets',
  'cedar-request',
  'dockerfile',
  'github-workflow',
  'gitlab-ci',
  'ansible',
  'toml',
  'ini',
  'properties',
  'dotenv',
  'json',
  'yaml',
] as const;
export type Form = (typeof FORMS)[number];

/** Where a form turns up: files before the merge, a request at admission, what is there at runtime. */
const LAYERS_OF: Record<Form, readonly Layer[]> = {
  'terraform-plan': ['pre-commit', 'ci'],
  hcl: ['pre-commit', 'ci'],
  cloudformation: ['pre-commit', 'ci'],
  arm: ['pre-commit', 'ci'],
  manifest: ['pre-commit', 'ci'],
  'admission-review': ['admission'],
  'live-object': ['runtime'],
  'aws-config': ['runtime'],
  'azure-resources': ['runtime'],
  'gcp-assets': ['runtime'],
  'cedar-request': ['runtime'],
  dockerfile: ['pre-commit', 'ci'],
  'github-workflow': ['pre-commit', 'ci', 'runtime'],
  'gitlab-ci': ['pre-commit', 'ci', 'runtime'],
  ansible: ['pre-commit', 'ci'],
  toml: ['pre-commit', 'ci'],
  ini: ['pre-commit', 'ci'],
  properties: ['pre-commit', 'ci'],
  dotenv: ['pre-commit', 'ci'],
  // Documents of any tool: settings that were exported, a pipeline, a bill of materials.
  json: ['pre-commit', 'ci', 'runtime'],
  yaml: ['pre-commit', 'ci', 'runtime'],
};

export interface Variant {
  form: Form;
  document: InputDocument;
  layers: readonly Layer[];
}

interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata?: { name?: string; namespace?: string };
}

/** An example's document in every form in which the layers get the same thing. */
export function variantsOf(document: InputDocument): Variant[] {
  if (document.kind !== 'kubernetes') return [variant(document.kind, document)];
  const value = document.value as KubernetesObject & { request?: { object?: KubernetesObject } };
  if (value.kind !== 'AdmissionReview')
    return [
      variant('manifest', document),
      variant('admission-review', reviewOf(document, value)),
      variant('live-object', liveOf(document, value)),
    ];
  const object = value.request?.object;
  const itself = variant('admission-review', document);
  // What the server knows of a review stands in no other form.
  if (object === undefined || object === null || Object.hasOwn(value, 'exhibit')) return [itself];
  return [
    itself,
    variant('manifest', reread(document, object)),
    variant('live-object', liveOf(document, object)),
  ];
}

const variant = (form: Form, document: InputDocument): Variant => ({
  form,
  document,
  layers: LAYERS_OF[form],
});

/** Written as JSON and read again, so that each form goes the whole way that a file goes. */
function reread({ file }: InputDocument, value: unknown): InputDocument {
  const { documents, problems } = parseInput(`${file}.json`, Buffer.from(JSON.stringify(value)));
  const [first] = documents;
  if (first === undefined || documents.length !== 1 || problems.length > 0)
    throw new Error(`${file}: the derived form is read as ${documents.length} documents`);
  return first;
}

/** What the API server sends to a webhook for a new object. @see k8s.io/api/admission/v1 */
function reviewOf(document: InputDocument, object: KubernetesObject): InputDocument {
  const [group = '', version = ''] = object.apiVersion.includes('/')
    ? object.apiVersion.split('/')
    : ['', object.apiVersion];
  return reread(document, {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
      kind: { group, version, kind: object.kind },
      name: object.metadata?.name ?? '',
      ...(object.metadata?.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
      operation: 'CREATE',
      userInfo: { username: 'system:serviceaccount:argocd:application-controller' },
      object,
      oldObject: null,
      dryRun: false,
      options: { apiVersion: 'meta.k8s.io/v1', kind: 'CreateOptions' },
    },
  });
}

/** The object as the API server keeps it, with what the server and controllers add. */
function liveOf(document: InputDocument, object: KubernetesObject): InputDocument {
  return reread(document, {
    ...object,
    metadata: {
      ...object.metadata,
      uid: '0a3f1a52-7f6e-4b1c-9d53-6a0f5d7f2b11',
      resourceVersion: '184467',
      generation: 1,
      creationTimestamp: '2026-11-20T06:12:41Z',
      managedFields: [
        { manager: 'argocd', operation: 'Update', fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': {} } },
      ],
    },
    status: { observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True' }] },
  });
}
