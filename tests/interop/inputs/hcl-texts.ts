import fc from 'fast-check';

const DOLLAR = '$';

const name = fc.constantFrom('a', 'b_c', 'd-e', 'x1', 'for', 'null', 'true', 'é');
const string = fc
  .array(
    fc.constantFrom(
      'a',
      ' ',
      '#',
      '//',
      '{',
      '}',
      '[',
      '\\n',
      '\\"',
      '\\\\',
      '\\u00e9',
      '$',
      '%',
      '$${',
      '%%{',
      `${DOLLAR}{var.x}`,
      `${DOLLAR}{"q" + 1}`,
      '%{ if true }y%{ endif }',
      'é',
    ),
    { maxLength: 5 },
  )
  .map((parts) => `"${parts.join('')}"`);
const space = fc.constantFrom('', ' ', ' /* c */ ', '\t');
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom(
      'true',
      'false',
      'null',
      '0',
      '-1',
      '1.50',
      '1e3',
      'var.a',
      'f(x)',
      'a.b[0]',
      '!true',
      '1 + 2',
      'true ? 1 : 2',
      '(true)',
      '[for v in x : v]',
      '{for k, v in x : k => v}',
      'truE',
      'a == b',
    ),
    string,
    fc.constantFrom(`<<EOT\nline\n  ${DOLLAR}{var.x}\nEOT\n`, '<<-EOT\n   a\n  b\n  EOT\n', '<<E\nE\n'),
    fc
      .tuple(space, fc.array(tie('expression'), { maxLength: 3 }))
      .map(([s, items]) => `[${s}${items.join(`,${s}`)}${s}]`),
    fc
      .uniqueArray(fc.tuple(name, tie('expression')), { maxLength: 3, selector: ([key]) => key })
      .map((members) => `{\n${members.map(([key, value]) => `${key} = ${value}`).join('\n')}\n}`),
  ),
}));
const attributes = fc
  .uniqueArray(fc.tuple(name, space, expression, fc.constantFrom('', ' # c', ' // c')), {
    maxLength: 3,
    selector: ([key]) => key,
  })
  .map((all) =>
    all
      .map(
        ([key, s, value, comment]) => `${key}${s}=${s}${value}${value.endsWith('\n') ? '' : `${comment}\n`}`,
      )
      .join(''),
  );
const blocks = fc
  .array(fc.tuple(fc.constantFrom('block', 'resource "t" "n"', 'resource "t" "m"'), attributes), {
    maxLength: 2,
  })
  .map((all) => all.map(([head, inner]) => `${head} {\n${inner}}\n`).join(''));
const body = fc
  .tuple(attributes, blocks, attributes, blocks)
  .map(([first, some, inner, more]) => `${first}${some}outer {\n${inner}${more}}\n`);

/** Generated files of Terraform source, always the same: what HCL allows, and some of what it refuses. */
export const hclTexts = (count: number): string[] => fc.sample(body, { numRuns: count, seed: 20_261_125 });
