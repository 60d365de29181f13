import { setMember } from '../places.ts';
import { isObject, memberOf, type Part, type Source } from '../source.ts';
import { Unknown } from './functions.ts';
import { Budget, Scope, written } from './scope.ts';

const NESTED = 'microsoft.resources/deployments';

/**
 * A template whose resources say what their expressions give: parameters by their default values, variables, and functions of
 * both. What only the deployment knows stays an expression. Paths stay as they are, so a place is the line of the resource.
 * @throws ExhibitError INPUT_TOO_LARGE
 * @see Microsoft, "ARM template structure and syntax", "Linked and nested templates" (scope of expressions)
 */
export function resolvedTemplate(source: Source, part: Part): Part {
  if (!isObject(part.value)) return part;
  const budget = new Budget(source.limits.yamlNodes, source.file);
  const scope = new Scope(part.value, new Map(), budget);
  return { ...part, value: { ...part.value, ...resourcesOf(part.value, scope, budget) } };
}

function resourcesOf(template: unknown, scope: Scope, budget: Budget): { resources?: unknown } {
  const resources = memberOf(template, 'resources');
  if (Array.isArray(resources)) return { resources: resources.map((one) => resource(one, scope, budget)) };
  // Templates of language version 2.0 name their resources.
  if (!isObject(resources)) return {};
  const made: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(resources)) setMember(made, name, resource(one, scope, budget));
  return { resources: made };
}

function resource(declared: unknown, scope: Scope, budget: Budget): unknown {
  if (!isObject(declared)) return written(scope.resolve(declared), budget);
  const template = memberOf(memberOf(declared, 'properties'), 'template');
  const type = memberOf(declared, 'type');
  const deploys = typeof type === 'string' && type.toLowerCase() === NESTED && isObject(template);
  const made: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(declared)) {
    if (key === 'resources')
      setMember(made, key, resourcesOf({ resources: value }, scope, budget).resources ?? value);
    else if (key === 'properties' && deploys)
      setMember(made, key, deployment(declared, template, scope, budget));
    else setMember(made, key, written(scope.resolve(value), budget));
  }
  return made;
}

/** A template within a deployment is read with its own parameters and variables where it says so; otherwise with those around it. */
function deployment(
  declared: Record<string, unknown>,
  template: Record<string, unknown>,
  scope: Scope,
  budget: Budget,
): unknown {
  const { template: _, ...rest } = isObject(declared.properties) ? declared.properties : {};
  const around = scope.resolve(rest);
  const options = memberOf(memberOf(around, 'expressionEvaluationOptions'), 'scope');
  const inner =
    typeof options === 'string' && options.toLowerCase() === 'inner'
      ? new Scope(template, given(memberOf(around, 'parameters')), budget)
      : scope;
  const outside = written(around, budget);
  return {
    ...(isObject(outside) ? outside : {}),
    template: { ...template, ...resourcesOf(template, inner, budget) },
  };
}

function given(parameters: unknown): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>();
  if (!isObject(parameters) || parameters instanceof Unknown) return values;
  for (const [name, one] of Object.entries(parameters)) {
    // A value from a vault is known to the deployment alone.
    const value = memberOf(one, 'value');
    values.set(name.toLowerCase(), value === undefined ? new Unknown(`[parameters('${name}')]`) : value);
  }
  return values;
}
