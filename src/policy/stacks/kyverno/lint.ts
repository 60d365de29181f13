import type { Layer } from '../../../record/index.ts';
import type { Files, Mode, Problem, StackPolicy } from '../../types.ts';
import { actionsOf, actsOf } from './actions.ts';
import { at, type Manifest, textAt } from './manifest.ts';
import { type PolicyFile, readPolicyFile } from './read.ts';

/**
 * Where a policy says of itself what its engine will not do: a layer in which the engine does not run, a mode that the file does
 * not set, a policy that nothing binds, a name by which the cluster will not report it.
 */
export function lintPolicyFile(policy: StackPolicy, files: Files): Problem[] {
  const read = readPolicyFile(policy.file, files);
  const { policy: object } = read;
  if (object === undefined) return [];
  return [
    ...lintName(policy, object),
    ...lintLayers(policy, read, object),
    ...lintModes(policy, read),
    ...lintFailure(policy, object),
  ];
}

function lintName({ id }: StackPolicy, { name, locate }: Manifest): Problem[] {
  if (id === name) return [];
  const hint = 'Reports and audit logs of a cluster know a policy by its name; use one word for both.';
  return [
    wrong('name', `the policy is ${id}, but its object is named ${name}`, locate(['metadata', 'name']), hint),
  ];
}

function lintLayers(policy: StackPolicy, read: PolicyFile, object: Manifest): Problem[] {
  const location = object.locate(['metadata', 'annotations']);
  return (Object.keys(policy.layers) as Layer[]).flatMap((layer) => {
    const why = notServed(policy, layer, read, object);
    if (why === undefined) return [];
    const hint = `Take ${layer} out of layers, or write a policy in Rego for it.`;
    return [wrong('layer', `${policy.id} claims the layer ${layer}: ${why}`, location, hint)];
  });
}

/** Why the engine gives no verdict at a layer; undefined where it does. */
function notServed(
  policy: StackPolicy,
  layer: Layer,
  read: PolicyFile,
  { value }: Manifest,
): string | undefined {
  switch (layer) {
    case 'admission':
      return at(value, ['spec', 'admission']) === false ||
        at(value, ['spec', 'evaluation', 'admission', 'enabled']) === false
        ? 'its rules are switched off for requests'
        : undefined;
    case 'pre-commit':
    case 'ci':
      return 'a check does not run Kyverno, whose CLI would judge there';
    case 'evidence':
      return 'its engine judges objects of Kubernetes, not records';
    case 'runtime':
      if (policy.style === 'admission-policy')
        return 'the API server judges requests, not what is already there';
      if (!actsOf(read).has('judges'))
        return 'a rule that changes or makes objects gives no verdict on those that are there';
      if (policy.layers.runtime !== 'observe') return 'a background scan reports, so its mode is observe';
      return at(value, ['spec', 'background']) === false ||
        at(value, ['spec', 'evaluation', 'background', 'enabled']) === false
        ? 'the background scan is switched off'
        : undefined;
  }
}

function lintModes({ id, layers }: StackPolicy, read: PolicyFile): Problem[] {
  const stated = layers.admission;
  const actions = actionsOf(read);
  const { policy: object } = read;
  if (stated === undefined || object === undefined) return [];
  if (actions.length === 0 && object.apiVersion.startsWith('admissionregistration.k8s.io/')) {
    const hint = `Add a ${object.kind}Binding with policyName: ${object.name} to the file.`;
    return [wrong('binding', `nothing binds ${id}, so it has no effect`, object.locate(['kind']), hint)];
  }
  return actions
    .filter(({ mode }) => mode !== stated)
    .map(({ mode, path, manifest }) =>
      wrong(
        'mode',
        `${id} says that admission is set to ${stated}, but ${manifest.kind} ${manifest.name} ${DOES[mode]}`,
        manifest.locate(path),
        'Let the action in the file and the mode in layers say the same: Deny or Enforce is enforce, Warn is warn, Audit is observe.',
      ),
    );
}

const DOES: Readonly<Record<Mode, string>> = {
  enforce: 'refuses, changes or makes objects (enforce)',
  warn: 'only warns (warn)',
  observe: 'only reports (observe)',
};

function lintFailure({ id, layers }: StackPolicy, { value, locate }: Manifest): Problem[] {
  const path = ['spec', 'failurePolicy'];
  if (layers.admission !== 'enforce' || textAt(value, path) !== 'Ignore') return [];
  const hint = 'Set failurePolicy to Fail, or state the mode observe.';
  const message = `${id} is enforced, but failurePolicy Ignore lets through what its engine cannot judge`;
  return [{ ...wrong('failure-policy', message, locate(path), hint), severity: 'warning' }];
}

function wrong(rule: string, message: string, location: Problem['location'], hint?: string): Problem {
  return { severity: 'error', rule, message, location, ...(hint === undefined ? {} : { hint }) };
}
