import { globSync, readFileSync } from 'node:fs';
import { parse } from '@cdktn/hcl2json';
import { describe, expect, it } from 'vitest';
import { parseInput } from '../../../src/inputs/index.ts';
import { hclTexts } from './hcl-texts.ts';

/** Files of this repository, and of others where Go's module cache has them. */
const FILES = globSync(
  [
    'src/**/*.tf',
    'policies/**/*.tf',
    'examples/**/*.tf',
    'deploy/**/*.tf',
    ...(process.env.EXHIBIT_TF_FILES ?? '').split(':'),
  ].filter((glob) => glob !== ''),
);

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

describe("our reading of HCL and HashiCorp's own parser", () => {
  it('agree on generated files wherever we take something for a value', async () => {
    let both = 0;
    const refused: string[] = [];
    for (const text of hclTexts(1_500)) {
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
