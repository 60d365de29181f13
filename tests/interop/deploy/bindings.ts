import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { newWork } from './terraform.ts';

/** Bindings of the AWS provider 6.45.0, which were generated from its schema: its arguments and blocks can be read off them. */
export const PACKED =
  process.env.EXHIBIT_AWS_BINDINGS ??
  join(homedir(), '.cache', 'exhibit', 'tools', 'cdktn-provider-aws-24.1.0.tgz');
export const PROVIDER_VERSION = '6.45.0';

/** Empty where they are there, else the reason of a skip. In a pipeline that is a failure. */
export const whyNoBindings = missing();

function missing(): string {
  if (existsSync(PACKED)) return '';
  if (process.env.CI === 'true') throw new Error(`${PACKED} is not there`);
  return ' (skipped: no bindings of the AWS provider found)';
}

type Type = 'string' | 'number' | 'bool' | ['list' | 'set' | 'map', 'string' | 'number'];

export interface Block {
  attributes: Record<string, { type: Type; required?: true; optional?: true; computed?: true }>;
  block_types: Record<string, { nesting_mode: 'list' | 'set'; block: Block; min_items?: 1; max_items?: 1 }>;
}

interface Member {
  name: string;
  required: boolean;
  type: string;
  block: boolean;
}

interface Bindings {
  interfaces: ReadonlyMap<string, readonly Member[]>;
  /** Names whose values are a set. */
  sets: ReadonlySet<string>;
  /** What the provider alone gives, at the top. */
  given: ReadonlyMap<string, Type>;
}

export interface Schemas {
  resource_schemas: Record<string, { block: Block }>;
  data_source_schemas: Record<string, { block: Block }>;
}

/** The schema of resource types (`aws_...`) and data sources (`data.aws_...`). @throws Error for a type that the provider has not */
export function schemasOf(types: readonly string[]): Schemas {
  const work = newWork();
  const folders = types.map((type) =>
    type
      .replace(/^data\.aws_/, 'data-aws-')
      .replace(/^aws_/, '')
      .replaceAll('_', '-'),
  );
  execFileSync('tar', ['xzf', PACKED, '-C', work, ...folders.map((folder) => `package/lib/${folder}/`)]);
  const schemas: Schemas = { resource_schemas: {}, data_source_schemas: {} };
  types.forEach((type, at) => {
    const folder = join(work, 'package', 'lib', folders[at] ?? '');
    const declared = readFileSync(join(folder, 'index.d.ts'), 'utf8');
    const bindings = bindingsOf(declared, withoutMap(readFileSync(join(folder, 'index.js'), 'utf8')));
    const [, main = ''] = /interface (\w+Config) extends cdktn\.TerraformMetaArguments/.exec(declared) ?? [];
    const block = blockOf(bindings, main, type);
    for (const [name, given] of bindings.given) block.attributes[name] ??= { type: given, computed: true };
    const kind = type.startsWith('data.') ? 'data_source_schemas' : 'resource_schemas';
    schemas[kind][type.replace('data.', '')] = { block };
  });
  return schemas;
}

/** The source map at the end is one word of half a megabyte. */
function withoutMap(code: string): string {
  return code.split('//# sourceMappingURL=')[0] ?? '';
}

function bindingsOf(declared: string, code: string): Bindings {
  const interfaces = new Map<string, Member[]>();
  for (const [, name = '', body = ''] of declared.matchAll(/export interface (\w+)[^{]*\{([\s\S]*?)\n\}/g)) {
    const members = body.matchAll(/(\/\*\*[\s\S]*?\*\/)\s*readonly \w+(\??): ([^;]+);/g);
    interfaces.set(
      name,
      [...members].map(([, text = '', optional, type = '']) => ({
        name: /#(\w+) \w+#\w+\}/.exec(text)?.[1] ?? '',
        required: optional === '',
        type: type.replace(' | cdktn.IResolvable', '').trim(),
        block: / block\s*\n/.test(text),
      })),
    );
  }
  const written = code.matchAll(/(\w+): \{\s*value: [^\n]*,\s*isBlock: (?:true|false),\s*type: "set"/g);
  const given = code
    .slice(code.lastIndexOf('static generateConfigForImport'))
    .matchAll(
      /\/\/ (\w+) - computed: true, optional: false[^\n]*\s*get \w+\(\) \{\s*return this\.get(\w+)Attribute/g,
    );
  return {
    interfaces,
    sets: new Set([...written].map(([, name = '']) => name)),
    given: new Map([...given].map(([, name = '', kind = '']) => [name, GIVEN[kind] ?? 'string'])),
  };
}

const GIVEN: Readonly<Record<string, Type>> = {
  Number: 'number',
  Boolean: 'bool',
  StringMap: ['map', 'string'],
  List: ['list', 'string'],
};

/** What the provider chooses where nothing is written. The bindings do not say it of others, so those stay as they are written. */
const CHOSEN = new Set(['id', 'region', 'tags_all']);

function blockOf(bindings: Bindings, name: string, type: string, top = true): Block {
  const block: Block = { attributes: {}, block_types: {} };
  const members = bindings.interfaces.get(name);
  if (members === undefined) throw new Error(`${type}: there is no ${name} in the bindings`);
  for (const member of members) {
    if (member.name === 'timeouts') continue;
    const inner = member.type.replace('[]', '');
    const set = bindings.sets.has(member.name);
    if (member.block || bindings.interfaces.has(inner)) {
      block.block_types[member.name] = {
        nesting_mode: set ? 'set' : 'list',
        block: blockOf(bindings, inner, type, false),
        ...(member.required ? { min_items: 1 } : {}),
        ...(member.type.endsWith('[]') ? {} : { max_items: 1 }),
      };
      continue;
    }
    block.attributes[member.name] = {
      type: typeOf(member, set, type),
      ...(member.required ? { required: true } : { optional: true }),
      ...(top && CHOSEN.has(member.name) ? { computed: true } : {}),
    };
  }
  return block;
}

function typeOf({ name, type }: Member, set: boolean, of: string): Type {
  if (type === 'string' || type === 'number') return type;
  if (type.includes('boolean')) return 'bool';
  if (type === 'string[]' || type === 'number[]')
    return [set ? 'set' : 'list', type === 'string[]' ? 'string' : 'number'];
  if (type.includes('[key: string]: string')) return ['map', 'string'];
  throw new Error(`${of}.${name}: the type ${type} is not known here`);
}
