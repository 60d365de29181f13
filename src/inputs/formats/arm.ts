import { ExhibitError } from '../../record/index.ts';
import { resolvedTemplate } from '../arm/template.ts';
import { type Format, isObject, looksLikeJson, memberOf, type Part } from '../source.ts';
import type { JsonPath } from '../types.ts';
import { jsonParts } from './json.ts';

/** Schemas of deployments to a resource group, subscription, management group and tenant. */
const SCHEMA =
  /^https?:\/\/schema\.management\.azure\.com\/schemas\/[\d-]+\w*\/(?:\w+)?deploymentTemplate\.json#?$/i;

/** Templates of Azure Resource Manager, also what `bicep build` writes. */
export const arm: Format = {
  name: 'arm',
  reference: {
    known: 'by its content: a `$schema` of deployment templates of Azure',
    sees: 'the whole template, its resources with what their expressions give: parameters by their default values, variables, and functions of both. What only a deployment knows (a parameter without a default, a secret, `reference`, `resourceGroup`) stays an expression: unknown',
    positions: 'the key or item',
  },
  detect(source) {
    if (!looksLikeJson(source) || !source.text.includes('schema.management.azure.com')) return false;
    try {
      const schema = memberOf(source.json(), '$schema');
      return typeof schema === 'string' && SCHEMA.test(schema);
    } catch {
      return false;
    }
  },
  parse: (source) => jsonParts(source).map((part) => resolvedTemplate(source, { ...part, kind: 'arm' })),
  incomplete({ value, locate }) {
    const resources = memberOf(value, 'resources');
    if (Array.isArray(resources) || isObject(resources)) return linked(resources, ['resources'], locate);
    return [
      new ExhibitError('INPUT_FORMAT', 'the template has no resources', {
        location: locate(['resources']),
        hint: 'A template without resources deploys nothing.',
      }),
    ];
  },
};

/** Templates that a deployment takes from an address or a template spec: what they deploy is not here. */
function linked(resources: unknown, path: JsonPath, locate: Part['locate']): ExhibitError[] {
  const entries: [string | number, unknown][] = Array.isArray(resources)
    ? [...resources.entries()]
    : Object.entries(isObject(resources) ? resources : {});
  return entries.flatMap(([key, resource]) => {
    const here = [...path, key];
    const properties = memberOf(resource, 'properties');
    const inner = memberOf(memberOf(properties, 'template'), 'resources');
    const found = [
      ...linked(memberOf(resource, 'resources'), [...here, 'resources'], locate),
      ...linked(inner, [...here, 'properties', 'template', 'resources'], locate),
    ];
    if (memberOf(properties, 'templateLink') === undefined) return found;
    return [
      new ExhibitError('INPUT_FORMAT', 'a linked template is deployed, and it is not here', {
        location: locate([...here, 'properties', 'templateLink']),
        hint: 'Judge the linked template as well.',
      }),
      ...found,
    ];
  });
}
