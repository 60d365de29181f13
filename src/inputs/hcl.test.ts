import { describe, expect, it } from 'vitest';
import { parseInput } from './index.ts';

const read = (text: string, file = 'main.tf') => parseInput(file, new TextEncoder().encode(text));
const value = (text: string) => read(text).documents[0]?.value;
/** The value of an attribute. */
const of = (expression: string) => (value(`x = ${expression}\n`) as { x: unknown } | undefined)?.x;
const open = '$';

describe('expressions', () => {
  // Literals of the HCL specification ("Literal Values", "Template Expressions", "Collection Values").
  it.each([
    ['true', true],
    ['null', null],
    ['-1', -1],
    ['1.5e3', 1500],
    ['"a\\n\\"\\u00e9"', 'a\n"é'],
    ['[1, "a", [true,],]', [1, 'a', [true]]],
    ['[\n  1, # one\n  2\n]', [1, 2]],
    ['{ a = 1, "b" : true\n c = {} }', { a: 1, b: true, c: {} }],
    ['<<EOT\na\n  b\nEOT', 'a\n  b\n'],
    ['<<-EOT\n    a\n      b\n  EOT', 'a\n  b\n'],
    ['true // comment', true],
    ['/* before */ true', true],
  ])('%j is a value', (expression, expected) => {
    expect(of(expression)).toEqual(expected);
  });

  // Nothing is computed: what is not a literal is never taken for a value.
  it.each([
    ['var.encrypted', `${open}{var.encrypted}`],
    ['(true)', `${open}{(true)}`],
    ['!false', `${open}{!false}`],
    ['true && false', `${open}{true && false}`],
    ['true ? 1 : 2', `${open}{true ? 1 : 2}`],
    ['1 + 1', `${open}{1 + 1}`],
    ['true == false', `${open}{true == false}`],
    ['tobool("true")', `${open}{tobool("true")}`],
    ['[for x in y : x]', `${open}{[for x in y : x]}`],
    ['{ for k, v in y : k => v }', `${open}{{ for k, v in y : k => v }}`],
    ['{ (var.k) = 1 }', `${open}{{ (var.k) = 1 }}`],
    ['[1][0]', `${open}{[1][0]}`],
    ['"a"["b"]', `${open}{"a"["b"]}`],
    [`"a-${open}{var.b}"`, `a-${open}{var.b}`],
    [`"${open}{"x" == "}" ? 1 : 2}"`, `${open}{"x" == "}" ? 1 : 2}`],
    [`<<EOT\n${open}{var.a}\nEOT`, `${open}{var.a}\n`],
    ['[var.a, 1]', [`${open}{var.a}`, 1]],
    ['{ a = var.b\n c = 1 }', { a: `${open}{var.b}`, c: 1 }],
    ['trueish', `${open}{trueish}`],
    ['1e400', `${open}{1e400}`],
    ['truе', `${open}{truе}`],
  ])('%j is not', (expression, expected) => {
    expect(of(expression)).toEqual(expected);
  });
});

const source = `# Databases
resource "aws_db_instance" "orders" {
  storage_encrypted = false
  tags = {
    Environment = "production"
  }
  timeouts { create = "1h" }
  timeouts { create = "2h" }
}
resource "aws_db_instance" "other" {}
variable "x" {}
`;

describe('files', () => {
  it('have the form of hcl2json: blocks are lists under type and labels', () => {
    expect(value(source)).toEqual({
      resource: {
        aws_db_instance: {
          orders: [
            {
              storage_encrypted: false,
              tags: { Environment: 'production' },
              timeouts: [{ create: '1h' }, { create: '2h' }],
            },
          ],
          other: [{}],
        },
      },
      variable: { x: [{}] },
    });
  });

  it.each([
    [['resource', 'aws_db_instance', 'orders', 0, 'storage_encrypted'], 3, 3],
    [['resource', 'aws_db_instance', 'orders', 0, 'kms_key_id'], 2, 1],
    [['resource', 'aws_db_instance', 'orders', 0, 'timeouts', 1, 'create'], 8, 14],
    [['resource', 'aws_db_instance', 'orders', 0, 'tags', 'Environment'], 5, 5],
    [['resource', 'aws_db_instance', 'other'], 10, 1],
  ])('have places: %j', (path, line, column) => {
    expect(read(source).documents[0]?.locate(path)).toEqual({ file: 'main.tf', line, column });
  });

  it('are the same with the line ends of Windows', () => {
    expect(value(source.replaceAll('\n', '\r\n'))).toEqual(value(source));
  });

  it('are known by their names only', () => {
    expect(read('x = 1', 'a.tofu').documents[0]?.kind).toBe('hcl');
    expect(read('{"resource": {}}', 'a.json').documents[0]?.kind).toBe('json');
    expect(read('# nothing\n').problems[0]?.error.code).toBe('INPUT_EMPTY');
  });
});

describe('what Terraform would refuse is refused', () => {
  it.each([
    'a = 1\na = 2',
    'a = 1\na {}',
    'a {}\na = 1',
    'x = { a = 1, a = 2 }',
    'a = 1 b = 2',
    'resource "a" "b" {',
    'resource "a" "b" }',
    '}',
    'x = [1',
    'x = "a',
    'x = "a\n"',
    'x = <<EOT\na\n',
    'x = ',
    '/* x',
    'x = "\\q"',
    'x = (1]',
    'a "b" {}\na "b" "c" {}',
    `a "x${open}{y}" {}`,
    '= 1',
    `x = ${'['.repeat(200)}${']'.repeat(200)}`,
    `${'a {\n'.repeat(60)}${'}\n'.repeat(60)}`,
  ])('%j', (text) => {
    const { documents, problems } = read(text);
    expect(documents).toEqual([]);
    expect(problems[0]?.error).toMatchObject({ code: 'INPUT_SYNTAX', location: { file: 'main.tf' } });
  });

  it('a name of a prototype is a name', () => {
    const read = value('__proto__ = 1\nresource "__proto__" "constructor" {}\n') as Record<string, unknown>;
    expect(Object.keys(read)).toEqual(['__proto__', 'resource']);
  });
});
