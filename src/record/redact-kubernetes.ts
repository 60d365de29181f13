import { MAX_DEPTH } from './canonical.ts';
import { isObject, type JsonObject, type Marks, own } from './redact-marks.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Marks the contents of every Secret: alone, in a List or SecretList, as object or oldObject of an AdmissionReview, or inside
 * another object. The names of the entries stay, the values go; so does the copy that kubectl keeps in an annotation.
 * @param value attacker-controlled
 */
export function markKubernetes(value: unknown, marks: Marks, depth = 0): void {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return;
  if (Array.isArray(value)) {
    value.forEach((item, index) => {
      if (typeof item === 'object' && item !== null) markKubernetes(item, marks.down(index), depth + 1);
    });
    return;
  }
  const node = value as JsonObject;
  if (node.kind === 'Secret') markSecret(node, marks);
  if (node.kind === 'SecretList' && Array.isArray(node.items)) {
    node.items.forEach((item: unknown, index) => {
      markSecret(item, marks.down('items').down(index));
    });
  }
  // The request of an AdmissionReview names the kind once more; a Secret without its own kind is still one.
  if (own(node.kind, 'kind') === 'Secret') {
    for (const name of ['object', 'oldObject']) markSecret(node[name], marks.down(name));
  }
  for (const key of Object.keys(node)) {
    const inner = node[key];
    if (typeof inner === 'object' && inner !== null) markKubernetes(inner, marks.down(key), depth + 1);
  }
}

function markSecret(secret: unknown, marks: Marks): void {
  for (const part of ['data', 'stringData', 'binaryData']) {
    const entries = own(secret, part);
    if (isObject(entries)) {
      for (const key of Object.keys(entries)) marks.down(part).down(key).set('kubernetes-secret');
    } else if (entries !== undefined && entries !== null) marks.down(part).set('kubernetes-secret');
  }
  const annotations = own(own(secret, 'metadata'), 'annotations');
  if (own(annotations, LAST_APPLIED) !== undefined) {
    marks.down('metadata').down('annotations').down(LAST_APPLIED).set('kubernetes-secret');
  }
}
