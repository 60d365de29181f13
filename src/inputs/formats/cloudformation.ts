import { ExhibitError } from '../../record/index.ts';
import {
  type Format,
  isObject,
  isYamlName,
  looksLikeJson,
  memberOf,
  type Part,
  type Source,
} from '../source.ts';
import type { JsonPath } from '../types.ts';
import { composeYaml } from '../yaml.ts';
import { yamlOffset } from '../yaml-locate.ts';
import { longForm } from './cloudformation-tags.ts';
import { jsonParts } from './json.ts';
import { withGlobals } from './sam.ts';

/** Sections of a template. CloudFormation refuses any other, so a file that has one is no template. @see AWS, "Template anatomy" */
const SECTIONS: ReadonlySet<string> = new Set([
  'AWSTemplateFormatVersion',
  'Conditions',
  'Description',
  // Of the serverless transform.
  'Globals',
  'Hooks',
  'Mappings',
  'Metadata',
  'Outputs',
  'Parameters',
  'Resources',
  'Rules',
  'Transform',
]);

/** Macros of AWS that add to a template and change no property that stands in it. */
const KNOWN_MACROS =
  /^AWS::(?:Serverless-2016-10-31|LanguageExtensions|SecretsManager-\d{4}-\d\d-\d\d|CodeDeployBlueGreen)$/;

/** CloudFormation templates in JSON or YAML, with short tags written out: what is judged is the same in both. */
export const cloudFormation: Format = {
  name: 'cloudformation',
  reference: {
    known:
      'by its content: only sections of a template, and a resource with a type or `AWSTemplateFormatVersion`',
    sees: 'the whole template. Short tags of YAML are written out: `!Ref X` is `{"Ref": "X"}`. Of a serverless template (SAM), each resource has what Globals give it, and an API that events ask for without a name is there',
    positions: 'the key or item; of what comes from Globals, its line there',
  },
  detect(source) {
    try {
      return values(source).some(isTemplate);
    } catch {
      return false;
    }
  },
  parse(source) {
    if (looksLikeJson(source))
      return jsonParts(source).map((part) => withGlobals({ ...part, kind: 'cloudformation' }));
    const { events } = source.yaml();
    const [first, second] = composeYaml(events, source.limits.yamlNodes, longForm);
    if (second !== undefined)
      throw new ExhibitError(
        'INPUT_FORMAT',
        'a CloudFormation template stands in a stream with other documents',
        {
          location: events.place(yamlOffset(events, second.start, [])),
          hint: 'CloudFormation takes one document a file. Write the others into files of their own.',
        },
      );
    if (first === undefined) return [];
    const { value, start } = first;
    const locate = (path: JsonPath) => events.place(yamlOffset(events, start, path));
    return [withGlobals({ kind: 'cloudformation', value, locate })];
  },
  incomplete(part) {
    return [...macros(part), ...oddResources(part)];
  },
};

function values(source: Source): unknown[] {
  if (looksLikeJson(source))
    return /"Resources"|"AWSTemplateFormatVersion"/.test(source.text) ? [source.json()] : [];
  if (!/^["']?(?:Resources|AWSTemplateFormatVersion)["']?\s*:/m.test(source.text)) {
    // A flow mapping may hold the keys anywhere.
    if (!isYamlName(source) || !/Resources|AWSTemplateFormatVersion/.test(source.text)) return [];
  }
  return source.yaml().documents.map(({ value }) => value);
}

function isTemplate(value: unknown): boolean {
  if (!isObject(value) || !Object.keys(value).every((key) => SECTIONS.has(key))) return false;
  if (memberOf(value, 'AWSTemplateFormatVersion') !== undefined) return true;
  const resources = memberOf(value, 'Resources');
  return isObject(resources) && Object.values(resources).some(isResource);
}

function isResource(value: unknown): boolean {
  const type = memberOf(value, 'Type');
  return typeof type === 'string' && /^[A-Za-z0-9]+::/.test(type);
}

function problem(part: Part, path: JsonPath, message: string, hint: string): ExhibitError {
  return new ExhibitError('INPUT_FORMAT', message, { location: part.locate(path), hint });
}

/** A macro may add, remove and change anything before the template is deployed. */
function macros(part: Part): ExhibitError[] {
  const written = memberOf(part.value, 'Transform');
  const list = written === undefined ? [] : Array.isArray(written) ? written : [written];
  const unknown = list.find((one) => typeof one !== 'string' || !KNOWN_MACROS.test(one));
  if (unknown === undefined) return [];
  return [
    problem(
      part,
      ['Transform'],
      'a macro changes the template before it is deployed, and what it makes of it is not here',
      'Judge the processed template as well: aws cloudformation get-template --template-stage Processed.',
    ),
  ];
}

function oddResources(part: Part): ExhibitError[] {
  const resources = memberOf(part.value, 'Resources');
  if (!isObject(resources))
    return [
      problem(
        part,
        ['Resources'],
        'the template has no resources',
        'A template without resources is not deployed.',
      ),
    ];
  const odd = Object.keys(resources).filter((name) => typeof memberOf(resources[name], 'Type') !== 'string');
  return odd.map((name) =>
    problem(
      part,
      ['Resources', name],
      `${JSON.stringify(name.slice(0, 64))} among the resources has no type, or is a loop or macro that makes others`,
      'Judge the processed template as well: aws cloudformation get-template --template-stage Processed.',
    ),
  );
}
