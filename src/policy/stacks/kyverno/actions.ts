import type { Mode } from '../../types.ts';
import { at, isRecord, listAt, type Manifest, textAt } from './manifest.ts';
import type { PolicyFile } from './read.ts';

/** What the engine does with a fail on admission, and where the file says so. */
export interface Action {
  mode: Mode;
  path: readonly PropertyKey[];
  manifest: Manifest;
}

/** Whether a rule judges objects that exist, or changes and makes objects. */
export type Acts = 'judges' | 'changes';

/** What a policy file does on admission. Empty where it has no effect: a policy of the API server without a binding. */
export function actionsOf(file: PolicyFile): Action[] {
  const { policy, role, bindings } = file;
  if (policy === undefined || role === undefined) return [];
  if (policy.apiVersion.startsWith('admissionregistration.k8s.io/'))
    return bindings.map((manifest) => bound(manifest, role === 'mutate'));
  if (role === 'rules') return rulesActions(policy);
  if (role === 'mutate' || role === 'generate')
    return [{ mode: 'enforce', path: ['spec'], manifest: policy }];
  const path = ['spec', 'validationActions'];
  return [{ mode: strongest(listAt(policy.value, path), 'enforce'), path, manifest: policy }];
}

/** What the rules of a policy do to objects. */
export function actsOf({ policy, role }: PolicyFile): ReadonlySet<Acts> {
  if (role === 'mutate' || role === 'generate') return new Set(['changes']);
  if (role !== 'rules' || policy === undefined) return new Set(['judges']);
  return new Set(rulesOf(policy).map((rule) => (changes(rule) ? 'changes' : 'judges')));
}

function rulesOf(policy: Manifest): Record<string, unknown>[] {
  return listAt(policy.value, ['spec', 'rules']).map((rule) => (isRecord(rule) ? rule : {}));
}

const changes = (rule: Record<string, unknown>): boolean =>
  rule.validate === undefined && rule.verifyImages === undefined;

/** What each rule does, and what it does instead in the namespaces that overrides of the action name. */
function rulesActions(policy: Manifest): Action[] {
  const rules = rulesOf(policy);
  const overrides = (path: readonly PropertyKey[]) =>
    listAt(policy.value, path).map((_, i) => actionAt(policy, [...path, i, 'action']));
  return [
    ...rules.flatMap((rule, i) => ruleActions(policy, rule, i)),
    ...rules.flatMap((_, i) => overrides(['spec', 'rules', i, 'validate', 'failureActionOverrides'])),
    ...(rules.every(changes) ? [] : overrides(['spec', 'validationFailureActionOverrides'])),
  ];
}

/** A rule's own action, of each of its lists of images; else the policy's, else what Kyverno takes where nothing is written: Audit. */
function ruleActions(policy: Manifest, rule: Record<string, unknown>, i: number): Action[] {
  const own = ['spec', 'rules', i];
  if (changes(rule)) return [{ mode: 'enforce', path: own, manifest: policy }];
  const parts = [
    ...(rule.validate === undefined ? [] : [[...own, 'validate']]),
    ...listAt(rule, ['verifyImages']).map((_, image) => [...own, 'verifyImages', image]),
  ];
  return parts.map((part) => {
    const paths = [
      [...part, 'failureAction'],
      ['spec', 'validationFailureAction'],
    ];
    return actionAt(policy, paths.find((one) => textAt(policy.value, one) !== undefined) ?? own);
  });
}

function actionAt(policy: Manifest, path: readonly PropertyKey[]): Action {
  const enforced = textAt(policy.value, path)?.toLowerCase() === 'enforce';
  const warned = at(policy.value, ['spec', 'emitWarning']) === true;
  return { mode: enforced ? 'enforce' : warned ? 'warn' : 'observe', path, manifest: policy };
}

function bound(manifest: Manifest, mutates: boolean): Action {
  if (mutates) return { mode: 'enforce', path: ['spec'], manifest };
  const path = ['spec', 'validationActions'];
  return { mode: strongest(listAt(manifest.value, path), 'observe'), path, manifest };
}

/** @param none what holds where no action is written */
function strongest(actions: readonly unknown[], none: Mode): Mode {
  if (actions.length === 0) return none;
  return actions.includes('Deny') ? 'enforce' : actions.includes('Warn') ? 'warn' : 'observe';
}
