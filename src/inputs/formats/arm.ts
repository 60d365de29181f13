import { ExhibitError } from '../../record/index.ts';
import { type Format, isObject, looksLikeJson, memberOf } from '../source.ts';
import { jsonParts } from './json.ts';

/** Schemas of deployments to a resource group, subscription, management group and tenant. */
const SCHEMA =
  /^https?:\/\/schema\.management\.azure\.com\/schemas\/[\d-]+\w*\/(?:\w+)?deploymentTemplate\.json#?$/i;

/** Templates of Azure Resource Manager, also what `bicep build` writes. */
export const arm: Format = {
  name: 'arm',
  reference: {
    known: 'by its content: a `$schema` of deployment templates of Azure',
    sees: "the whole template. Expressions (`[parameters('x')]`) stay as they are written: what they give is unknown",
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
  parse: (source) => jsonParts(source).map((part) => ({ ...part, kind: 'arm' })),
  incomplete({ value, locate }) {
    const resources = memberOf(value, 'resources');
    if (Array.isArray(resources) || isObject(resources)) return [];
    return [
      new ExhibitError('INPUT_FORMAT', 'the template has no resources', {
        location: locate(['resources']),
        hint: 'A template without resources deploys nothing.',
      }),
    ];
  },
};
