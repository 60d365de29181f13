import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hclItems } from './hcl-blocks.ts';
import { type InputDocument, parseInput, readInputs } from './index.ts';
import { parseAddress } from './terraform-address.ts';

const fixture = (name: string) => readFileSync(new URL(`./testdata/terraform/${name}`, import.meta.url));
const read = (name: string, bytes: Uint8Array | string = fixture(name)) =>
  parseInput(name, typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes);
const addresses = (document: InputDocument | undefined) => {
  const plan = (document?.value ?? {}) as { resource_changes?: { address: string }[] };
  return plan.resource_changes?.map(({ address }) => address) ?? [];
};

describe('plans of real runs', () => {
  it.each([
    ['tfplan.json', 1],
    ['example_plan.json', 2],
    ['plan_with_terraform_wrapper.json', 2],
    ['tfplan_win_utf8.json', 1],
    ['tfplan_win_utf16.json', 1],
    ['gke-show.json', 2],
  ])('%s', (name) => {
    const { documents, problems } = read(name);
    expect(problems).toEqual([]);
    expect(documents).toHaveLength(1);
    expect(documents[0]).toMatchObject({ kind: 'terraform-plan', file: name, index: 0 });
    expect(addresses(documents[0]).length).toBeGreaterThan(0);
  });

  it.each([
    ['ended with an error', { errored: true }, /Terraform ended with an error/],
    ['is followed by another one', { complete: false, deferred_changes: [{}] }, /more changes follow/],
    [
      'has an entry without a type',
      { resource_changes: [{ address: 'a.b', change: {} }] },
      /resource_changes\[0\]/,
    ],
    ['has no list of changes', { resource_changes: { a: 1 } }, /resource_changes\[0\]/],
  ])('a plan that %s is judged, and never completely', (_, members, message) => {
    const plan = { ...JSON.parse(fixture('tfplan.json').toString('utf8')), ...members };
    const { documents, problems } = read('p.json', JSON.stringify(plan));
    expect(documents).toHaveLength(1);
    expect(problems.map(({ error }) => error.message)).toEqual([expect.stringMatching(message)]);
    expect(problems[0]?.error.location.line).toBeGreaterThan(0);
  });

  it('that is a Kubernetes object as well is refused: one of the two would not be judged', () => {
    const both = { apiVersion: 'v1', kind: 'Pod', format_version: '1.2', resource_changes: [] };
    expect(read('p.json', JSON.stringify(both)).problems[0]?.error.message).toMatch(/at once/);
  });

  it('are the same in UTF-8, with a byte order mark, and in UTF-16 of either order', () => {
    const text = fixture('tfplan.json').toString('utf8');
    const little = Buffer.from(`\ufeff${text}`, 'utf16le');
    const forms = [Buffer.from(text), Buffer.from(`\ufeff${text}`), little, Buffer.from(little).swap16()];
    const values = forms.map((bytes) => JSON.stringify(read('p.json', bytes).documents[0]?.value));
    expect(new Set(values).size).toBe(1);
    expect(values[0]).toBe(JSON.stringify(JSON.parse(text)));
  });

  it('keep the position in the file behind the wrapper, and the digest of the bytes', () => {
    const [document] = read('plan_with_terraform_wrapper.json').documents;
    expect(addresses(document)).toEqual(['aws_instance.web_app', 'aws_lambda_function.hello_world']);
    expect(document?.locate(['format_version'])).toMatchObject({ line: 2, column: 2 });
    // sha256sum of the file
    expect(document?.raw_digest).toBe(
      'sha256:df2c5375d9a6c5cc4e7f99247ca079a9b878dd5d1cb2d2f28ad2b0ae1622dffa',
    );
  });

  it.each([
    '%0A\n::set-output name=stdout::{}\n',
    '\n::debug::Terraform exited with code 0.\n::set-output name=exitcode::0',
    '',
  ])('end before the trailer %j', (trailer) => {
    const json = '{"format_version":"1.2","resource_changes":[],"x":"%0A::debug"}';
    const { documents, problems } = read(
      'p.json',
      `[command]/bin/terraform-bin show -json p\n${json}${trailer}`,
    );
    expect(problems).toEqual([]);
    expect(documents[0]?.value).toEqual(JSON.parse(json));
  });
});

describe('what is no plan', () => {
  const error = (text: string) => read('p.json', text).problems[0]?.error;

  it('is told apart as a state', () => {
    expect(read('corrupted-tfplan.json').problems[0]?.error).toMatchObject({
      code: 'INPUT_FORMAT',
      message: expect.stringContaining('state'),
      location: { file: 'corrupted-tfplan.json' },
    });
    expect(error('{"format_version": "1.0"}')).toMatchObject({ code: 'INPUT_FORMAT' });
    expect(
      error('{"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "x", "resources": []}'),
    ).toMatchObject({
      code: 'INPUT_FORMAT',
    });
  });

  it.each([
    ['0.1', true],
    ['0.2', true],
    ['1.0', true],
    ['1.99', true],
    ['0.3', false],
    ['2.0', false],
    ['1', false],
    ['1.0.0', false],
    ['11.0', false],
  ])('format_version %s is read: %s', (version, accepted) => {
    const problem = error(JSON.stringify({ format_version: version, resource_changes: [] }));
    expect(problem === undefined).toBe(accepted);
    if (!accepted)
      expect(problem).toMatchObject({
        code: 'INPUT_FORMAT',
        hint: expect.stringContaining('0.1, 0.2 and 1.x'),
      });
  });

  it('is a wrapper without JSON, or around something else', () => {
    expect(error('[command]/bin/terraform-bin show -json p')?.code).toBe('INPUT_SYNTAX');
    expect(error('[command]/bin/terraform-bin show -json p\n{"a": 1}')?.code).toBe('INPUT_FORMAT');
    expect(error('[command]x\n{"format_version":"1.2","resource_changes":[')?.code).toBe('INPUT_SYNTAX');
  });

  it('is other JSON of Terraform', () => {
    const { documents } = read('v.json', '{"format_version": "1.0", "valid": true, "diagnostics": []}');
    expect(documents[0]?.kind).toBe('json');
  });
});

describe('positions in the source', () => {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-terraform-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const put = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  const change = (address: string, type: string, name: string) => ({
    address,
    type,
    name,
    change: { after: { x: 1 } },
  });
  let plan: InputDocument | undefined;

  beforeAll(async () => {
    put(
      'main.tf',
      [
        '# resource "aws_s3_bucket" "logs" {}',
        `locals { text = "resource \\"aws_s3_bucket\\" \\"logs\\" { $\{jsonencode({ a = "}" })}" }`,
        'variable "size" { default = 1 }',
        'resource "aws_s3_bucket" "logs" {',
        '  for_each = toset(["a", "b"])',
        '  policy   = <<-EOT',
        '    resource "aws_db_instance" "main" {',
        '    EOT',
        '  versioning {',
        '    enabled = false',
        '  }',
        '  dynamic "rule" {',
        '    for_each = []',
        '    content {}',
        '  }',
        '}',
        '/* resource "aws_db_instance" "main" {',
        '*/ resource "aws_db_instance" "main" { storage_encrypted = false }',
        'output "url" { value = 1 }',
        'module "net" { source = "./modules/net" }',
      ].join('\n'),
    );
    put(
      'modules/net/vpc.tofu',
      '\n\ndata "aws_ami" "base" {\n  owners = ["x"]\n}\nmodule "sub" {\n  source = "../sub"\n}\n',
    );
    put('modules/sub/a.tf', 'resource "aws_vpc" "v" {\n  cidr_block = "10.0.0.0/8"\n}\n');
    put(
      'plan.json',
      JSON.stringify({
        format_version: '1.2',
        variables: { size: { value: 1 } },
        output_changes: { url: {} },
        resource_changes: [
          change('aws_s3_bucket.logs["a.b\\"]"]', 'aws_s3_bucket', 'logs'),
          change('aws_db_instance.main', 'aws_db_instance', 'main'),
          change('module.net["x"].data.aws_ami.base', 'aws_ami', 'base'),
          change('module.net["x"].module.sub[0].aws_vpc.v', 'aws_vpc', 'v'),
          change('module.remote.aws_vpc.v', 'aws_vpc', 'v'),
          change('aws_vpc.elsewhere', 'aws_vpc', 'elsewhere'),
        ],
        planned_values: {
          root_module: {
            resources: [{ address: 'aws_db_instance.main', values: { storage_encrypted: false } }],
          },
        },
        configuration: {
          root_module: {
            module_calls: {
              remote: { source: 'terraform-aws-modules/vpc/aws', module: {} },
              net: {
                source: './modules/net',
                module: {
                  resources: [{ address: 'data.aws_ami.base', expressions: { owners: {} } }],
                  module_calls: { sub: { source: '../sub', module: {} } },
                },
              },
            },
          },
        },
      }),
    );
    for await (const file of readInputs(['plan.json'], { cwd: folder })) plan = file.documents[0];
  });

  it.each([
    [['resource_changes', 0], 'main.tf', 4, 1],
    [['resource_changes', 0, 'change', 'after', 'policy'], 'main.tf', 6, 3],
    [['resource_changes', 0, 'change', 'after', 'versioning', 0, 'enabled'], 'main.tf', 10, 5],
    [['resource_changes', 0, 'change', 'after', 'rule', 0, 'id'], 'main.tf', 12, 3],
    [['resource_changes', 0, 'change', 'after', 'acl'], 'main.tf', 4, 1],
    [['resource_changes', 1, 'change', 'after', 'storage_encrypted'], 'main.tf', 18, 40],
    [['planned_values', 'root_module', 'resources', 0, 'values', 'storage_encrypted'], 'main.tf', 18, 40],
    [['resource_changes', 2, 'change', 'after', 'owners', 0], 'modules/net/vpc.tofu', 4, 3],
    [['resource_changes', 3, 'change', 'after', 'cidr_block'], 'modules/sub/a.tf', 2, 3],
    [
      [
        'configuration',
        'root_module',
        'module_calls',
        'net',
        'module',
        'resources',
        0,
        'expressions',
        'owners',
      ],
      'modules/net/vpc.tofu',
      4,
      3,
    ],
    [['variables', 'size', 'value'], 'main.tf', 3, 1],
    [['output_changes', 'url'], 'main.tf', 19, 1],
  ])('%j is at %s:%i:%i', (path, file, line, column) => {
    expect(plan?.locate(path)).toEqual({ file, line, column });
  });

  it.each([4, 5])('are in the plan where the block is not beside it (%i)', (index) => {
    const found = plan?.locate(['resource_changes', index, 'change', 'after']);
    expect(found).toMatchObject({ file: 'plan.json', line: 1 });
    const text = readFileSync(join(folder, 'plan.json'), 'utf8');
    expect(text.slice((found?.column ?? 0) - 1)).toMatch(/^"after":/);
  });
});

describe('addresses', () => {
  it.each([
    ['aws_vpc.main', [], 'managed', 'aws_vpc', 'main'],
    ['aws_vpc.main[0]', [], 'managed', 'aws_vpc', 'main'],
    ['data.aws_ami.x["a]b.c"]', [], 'data', 'aws_ami', 'x'],
    ['module.a.module.b["k\\"].x"].aws_vpc.main["]"]', ['a', 'b'], 'managed', 'aws_vpc', 'main'],
    ['module.data.data.aws_ami.data', ['data'], 'data', 'aws_ami', 'data'],
  ])('%s', (address, modules, mode, type, name) => {
    expect(parseAddress(address)).toEqual({ modules, mode, type, name });
  });

  it.each([
    '',
    'aws_vpc',
    'module.a',
    'aws_vpc.main[',
    'aws_vpc.main["x"',
    'a..b',
    'aws_vpc.main.id',
    'check.c1.x.y',
  ])('%j is none', (address) => {
    expect(parseAddress(address)).toBeUndefined();
  });
});

describe('HCL', () => {
  it('is never too strange to scan', () => {
    const piece = fc.constantFrom(
      'a',
      '"',
      '{',
      '}',
      '${',
      '%{',
      '$${',
      '\\',
      '<<E\n',
      'E\n',
      '=',
      '[',
      ']',
      '(',
      '#',
      '/*',
      '*/',
      '//',
      '\n',
      ' ',
      'é',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join('');
        for (const item of hclItems(text)) expect(text.startsWith(item.name, item.offset)).toBe(true);
      }),
    );
    expect(hclItems('a {'.repeat(100_000))).toHaveLength(1);
    expect(hclItems(`a = "${'${"'.repeat(100_000)}`)).toHaveLength(1);
  });
});
