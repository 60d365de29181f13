import type { InputKind } from '../inputs/index.ts';

/** Kinds that are a form of another: a policy for YAML judges a workflow, too, as it did before workflows had a kind. */
const FORM_OF: Partial<Record<InputKind, InputKind>> = {
  arm: 'json',
  'azure-resources': 'json',
  'gcp-assets': 'json',
  'github-workflow': 'yaml',
  'gitlab-ci': 'yaml',
  ansible: 'yaml',
};

/** The kinds for which a policy is asked about a document: its own, and the one that it is a form of. */
export function askedFor(kind: InputKind): InputKind[] {
  const wider = FORM_OF[kind];
  return wider === undefined ? [kind] : [kind, wider];
}

/** Whether a policy judges documents of a kind. Without `inputs` it judges every kind. */
export function judgesKind({ inputs }: { inputs: readonly InputKind[] }, kind: InputKind): boolean {
  return inputs.length === 0 || askedFor(kind).some((one) => inputs.includes(one));
}
