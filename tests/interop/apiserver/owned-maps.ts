import { stringify } from 'yaml';
// Not part of a contract: a bundle for tests.
import { metadata } from '../../../src/engine/testing/bundles.ts';

/** A policy repository of one policy: a ConfigMap has the label `owner`. */
export const OWNED_MAPS = {
  'policies/map-owned/policy.rego': `${metadata('map-owned', ['inputs: [kubernetes]'], '{ci: enforce, admission: enforce}')}package exhibit.policies.map_owned

object_ := input.request.object

population contains {"id": sprintf("ConfigMap/%v", [object_.metadata.name]), "type": "ConfigMap", "name": object_.metadata.name} if object_.kind == "ConfigMap"

violations contains {"subject": sprintf("ConfigMap/%v", [object_.metadata.name]), "message": "has no owner"} if not object_.metadata.labels.owner
`,
  'policies/map-owned/policy_test.rego': `package exhibit.policies.map_owned_test

import data.exhibit.policies.map_owned

test_none if count(map_owned.population) == 0 with input as {"request": {"object": {"kind": "Other"}}}
`,
};

export function configMap(name: string, owned: boolean): string {
  const labels = owned ? { owner: 'shop' } : {};
  return stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default', labels } });
}
