import { execFile } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseInput } from '../../../src/inputs/index.ts';
import { GENERATED } from './texts.ts';

const CONFTEST = process.env.EXHIBIT_CONFTEST ?? join(homedir(), '.cache', 'exhibit', 'tools', 'conftest');
const run = promisify(execFile);
const EACH = 120;
/** Files of others, where Go's module cache or npm's packages have them: the suite is the same without, only smaller. */
const FOUND = globSync(['node_modules/*/**/*.{toml,ini,properties}', 'node_modules/*/**/Dockerfile']).slice(
  0,
  60,
);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'exhibit-conftest-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `conftest parse` gives; undefined where it refuses the file. */
async function theirs(file: string): Promise<unknown> {
  try {
    const { stdout } = await run(CONFTEST, ['parse', file], {
      env: { TZ: 'UTC', HOME: folder },
      maxBuffer: 2 ** 26,
    });
    return JSON.parse(stdout) as unknown;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 1) return undefined;
    throw error;
  }
}

/** Ours, without what Conftest leaves out (docs/reference/inputs.md). */
function ours(name: string, bytes: Uint8Array): unknown {
  const [document] = parseInput(name, bytes).documents;
  if (document === undefined) return undefined;
  const value = JSON.parse(JSON.stringify(document.value)) as Record<string, unknown> &
    { Heredocs?: unknown }[][];
  if (document.kind === 'dockerfile') for (const one of value[0] ?? []) delete one.Heredocs;
  if (document.kind === 'ini') delete (value as Record<string, unknown>).DEFAULT;
  return value;
}

describe('the same value as Conftest', () => {
  it.each(Object.keys(GENERATED))(
    'for generated files: %s',
    async (name) => {
      const texts = fc.sample(GENERATED[name] as fc.Arbitrary<string>, { numRuns: EACH, seed: 20_261_126 });
      const outcomes = { both: 0, onlyOurs: 0, onlyTheirs: [] as string[] };
      for (const [i, text] of texts.entries()) {
        mkdirSync(join(folder, `${name}-${i}`));
        const file = join(folder, `${name}-${i}`, name);
        writeFileSync(file, text);
        const [real, our] = [await theirs(file), ours(name, Buffer.from(text))];
        if (real !== undefined && our !== undefined) {
          expect({ text, value: our }).toEqual({ text, value: real });
          outcomes.both += 1;
        } else if (our !== undefined) outcomes.onlyOurs += 1;
        else if (real !== undefined && Object.keys(real as object).length > 0) outcomes.onlyTheirs.push(text);
      }
      console.log(
        `${name}: ${outcomes.both} the same, ${outcomes.onlyOurs} only we read, ${outcomes.onlyTheirs.length} only Conftest reads`,
      );
      expect(outcomes.both).toBeGreaterThan(EACH / 4);
      expect(outcomes.onlyTheirs).toEqual([]);
    },
    120_000,
  );

  it('for files of others', async () => {
    for (const file of FOUND) {
      const [real, our] = [await theirs(file), ours(file, readFileSync(file))];
      if (real !== undefined && our !== undefined)
        expect({ file, value: our }).toEqual({ file, value: real });
    }
  }, 120_000);
});
