import { MAX_DEPTH } from './canonical.ts';
import { isObject, type JsonObject, type Marks, own } from './redact-marks.ts';

/** Members of a plan that hold values, and the member beside them that says what of it is sensitive. */
const MASKS: readonly (readonly [values: string, mask: string])[] = [
  ['before', 'before_sensitive'],
  ['after', 'after_sensitive'],
  ['values', 'sensitive_values'],
];
const FLAGGED = ['value', 'default', 'before', 'after'];

/**
 * Marks what a Terraform or OpenTofu plan says is sensitive. A plan holds secrets in plain text beside masks; the masks stand in
 * changes, drift, planned values, prior state and outputs, while a variable's flag stands in the configuration only.
 * @param plan attacker-controlled
 * @see Terraform, "JSON Output Format"
 */
export function markTerraform(plan: JsonObject, marks: Marks): void {
  walk(plan, marks, 0);
  const root = own(own(plan, 'configuration'), 'root_module');
  const variables = own(root, 'variables');
  for (const name of namesOf(variables)) {
    if (own(own(variables, name), 'sensitive') !== true) continue;
    if (own(own(own(plan, 'variables'), name), 'value') !== undefined) {
      marks.down('variables').down(name).down('value').set('terraform-sensitive');
    }
  }
  markConfiguration(root, () => marks.down('configuration').down('root_module'), 0);
}

/** Masks and flags wherever they stand, so that a new place in a later plan format is found too. */
function walk(value: unknown, marks: Marks, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return;
  if (Array.isArray(value)) {
    value.forEach((item, index) => {
      if (typeof item === 'object' && item !== null) walk(item, marks.down(index), depth + 1);
    });
    return;
  }
  const node = value as JsonObject;
  for (const [values, mask] of MASKS) {
    if (Object.hasOwn(node, mask) && Object.hasOwn(node, values)) {
      markMasked(node[values], node[mask], marks.down(values), 0);
    }
  }
  if (node.sensitive === true) {
    for (const name of FLAGGED) if (Object.hasOwn(node, name)) marks.down(name).set('terraform-sensitive');
    if (own(node.expression, 'constant_value') !== undefined) {
      marks.down('expression').down('constant_value').set('terraform-sensitive');
    }
  }
  for (const key of Object.keys(node)) {
    const inner = node[key];
    if (typeof inner === 'object' && inner !== null) walk(inner, marks.down(key), depth + 1);
  }
}

/** A mask is `true` for a whole value, or an object or list of masks of the same shape as the value. */
function markMasked(value: unknown, mask: unknown, marks: Marks, depth: number): void {
  if (mask === true) {
    marks.set('terraform-sensitive');
  } else if (depth > MAX_DEPTH) {
    return;
  } else if (Array.isArray(mask) && Array.isArray(value)) {
    mask.forEach((inner, index) => {
      if (inner === true || typeof inner === 'object') {
        markMasked(value[index], inner, marks.down(index), depth + 1);
      }
    });
  } else if (isObject(mask) && isObject(value)) {
    for (const key of Object.keys(mask)) {
      if (Object.hasOwn(value, key)) markMasked(value[key], mask[key], marks.down(key), depth + 1);
    }
  }
}

/** Constants that a module call gives to a sensitive variable of the module. */
function markConfiguration(module: unknown, marks: () => Marks, depth: number): void {
  const calls = own(module, 'module_calls');
  for (const name of depth > MAX_DEPTH ? [] : namesOf(calls)) {
    const call = own(calls, name);
    const below = () => marks().down('module_calls').down(name);
    const variables = own(own(call, 'module'), 'variables');
    for (const variable of namesOf(variables)) {
      const given = own(own(own(call, 'expressions'), variable), 'constant_value');
      if (own(own(variables, variable), 'sensitive') === true && given !== undefined) {
        below().down('expressions').down(variable).down('constant_value').set('terraform-sensitive');
      }
    }
    markConfiguration(own(call, 'module'), () => below().down('module'), depth + 1);
  }
}

function namesOf(value: unknown): string[] {
  return isObject(value) ? Object.keys(value) : [];
}
