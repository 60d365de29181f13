import { globSync, readFileSync } from 'node:fs';
import { parse } from '@cdktn/hcl2json';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInput } from '../../../src/inputs/index.ts';

/** Files of this repository, and of others where Go's module cache has them. */
const FILES = globSync(
  [
    'src/**/*.tf',
    'policies/**/*.tf',
    'examples/**/*.tf',
    ...(process.env.EXHIBIT_TF_FILES ?? '').split(':'),
  ].filter((glob) => glob !== ''),
);

const DOLLAR = '$';

/** What HashiCorp's parser makes of a text; undefined where it refuses it. */
async function theirs(text: string): Promise<unknown> {
  try {
    return await parse('main.tf', text);
  } catch {
    return undefined;
  }
}

/** Where the two differ. What is an expression for us may be anything there: it is never taken for a value. */
function differences(ours: unknown, real: unknown, path = ''): string[] {
  if (typeof ours === 'string' && /[$%]\{/.test(ours)) return [];
  if (typeof ours !== 'object' || ours === null)
    return Object.is(ours, real) ? [] : [`${path}: ${JSON.stringify(ours)}, not ${JSON.stringify(real)}`];
  if (typeof real !== 'object' || real === null || Array.isArray(ours) !== Array.isArray(real))
    return [`${path}: ${JSON.stringify(ours)}, not ${JSON.stringify(real)}`];
  const keys = new Set([...Object.keys(ours), ...Object.keys(real)]);
  return [...keys].flatMap((key) =>
    differences(
      (ours as Record<string, unknown>)[key],
      (real as Record<string, unknown>)[key],
      `${path}.${key}`,
    ),
  );
}

async function compared(text: string): Promise<{ both: boolean; refused: boolean; different: string[] }> {
  const { documents, problems } = parseInput('main.tf', Buffer.from(text));
  const real = await theirs(text);
  const refused = problems.some(({ error }) => error.code === 'INPUT_SYNTAX');
  const both = documents.length > 0 && real !== undefined;
  return {
    both,
    refused: refused && real !== undefined,
    different: both ? differences(documents[0]?.value, real) : [],
  };
}

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

describe("our reading of HCL and HashiCorp's own parser", () => {
  it('agree on generated files wherever we take something for a value', async () => {
    let both = 0;
    const refused: string[] = [];
    for (const text of fc.sample(body, { numRuns: 1_500, seed: 20_261_125 })) {
      const found = await compared(text);
      expect({ text, different: found.different }).toEqual({ text, different: [] });
      if (found.both) both += 1;
      if (found.refused) refused.push(text);
    }
    console.log(
      `hcl: ${both} of 1500 generated files are read by both, and ${refused.length} by HashiCorp's parser only`,
    );
    expect(both).toBeGreaterThan(500);
    expect(refused.slice(0, 3)).toEqual([]);
  });

  it('agree on files of projects', async () => {
    let both = 0;
    for (const file of FILES) {
      const found = await compared(readFileSync(file, 'utf8'));
      expect({ file, ...found }).toMatchObject({ file, different: [], refused: false });
      if (found.both) both += 1;
    }
    console.log(`hcl: ${both} of ${FILES.length} files of projects are read by both`);
    expect(FILES.length).toBeGreaterThan(0);
  });
});
