import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBuiltins } from '../../../src/engine/builtins/registry.ts';
import { createEngine, type Engine } from '../../../src/engine/index.ts';
import { DEFAULT_ENGINE_LIMITS } from '../../../src/engine/limits.ts';
// Not part of the engine's contract: the suite compares what the rules give before verdicts are made of it.
import { NOW, opaEvalMany } from '../../../src/engine/testing/opa.ts';
import { decodeResult, encodeInput } from '../../../src/engine/wasm/json.ts';
import { webAssembly } from '../../../src/engine/wasm/platform.ts';
import { baseDocuments, InstancePool } from '../../../src/engine/wasm/pool.ts';
import { DEFAULT_LIMITS, type InputDocument, parseInput } from '../../../src/inputs/index.ts';
import { type Bundle, buildBundle, openBundle } from '../../../src/policy/index.ts';
import { keptCompiler } from '../../../src/policy/testing/compiler.ts';
import { canonicalize } from '../../../src/record/index.ts';

/** Every example of the starter library, and files that other projects made. */
function corpus(): InputDocument[] {
  const folders = [
    'policies',
    '../shared/fixtures/terraform',
    '../shared/fixtures/k8s',
    '../shared/fixtures/conftest',
  ];
  const files = folders.filter((folder) => existsSync(folder)).flatMap((folder) => walk(folder));
  const inputs = files.filter(
    (file) => /\.(json|ya?ml)$/.test(file) && (!file.startsWith('policies') || file.includes('/examples/')),
  );
  return inputs.flatMap(
    (file) => parseInput(relative('.', file), readFileSync(file), DEFAULT_LIMITS).documents,
  );
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)]));
}

/** Sets come as arrays in an order of their own, so every array is put in one order: the rules give sets at the top. */
function normal(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(normal).sort((a, b) => (canonicalize(a) < canonicalize(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, normal(item)]));
}

/** A rule that names one of several finds them in an order that only OPA's interpreter fixes (docs/explanation/engine.md). */
const comparable = (value: unknown): string =>
  canonicalize(normal(value)).replace(/such as \d+ \([^)]*\)/g, 'such as one of them');

let bundle: Bundle;
let pool: InstancePool;
let engine: Engine;
const documents = corpus();

describe('starter library', () => {
  beforeAll(async () => {
    const built = await buildBundle('policies', {
      opa: await keptCompiler(),
      revision: 'test',
      allowDirty: true,
    });
    bundle = openBundle(built.files, { keys: [], allowUnsigned: true });
    const module = await webAssembly.compile(bundle.wasm);
    pool = new InstancePool(
      module,
      createBuiltins(() => NOW),
      baseDocuments(bundle.files),
      DEFAULT_ENGINE_LIMITS,
    );
    engine = await createEngine(bundle, { clock: () => NOW });
  });
  afterAll(() => engine?.close());

  test('gives the same populations, violations and unknowns as the real opa on every example', async () => {
    expect(documents.length).toBeGreaterThan(50);
    const rule = (document: InputDocument): string => `results_${document.kind.replaceAll('-', '_')}`;
    const theirs = await opaEvalMany(
      bundle.files,
      documents.map((document) => ({ query: `data.exhibit.entry.${rule(document)}`, input: document.value })),
    );
    const different = documents.flatMap((document, i) => {
      const text = pool.ask(rule(document), encodeInput(document.value));
      const ours = comparable(text === undefined ? null : decodeResult(text));
      const real = comparable(theirs[i] ?? null);
      return ours === real ? [] : [`${document.file}#${document.index}\n  ours ${ours}\n  opa  ${real}`];
    });
    expect(different).toEqual([]);
  });

  test('the documents on AI systems that the reference shows pass every policy that judges them', async () => {
    const page = readFileSync('docs/reference/ai-documents.md', 'utf8');
    const shown = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].flatMap(
      ([, text], i) => parseInput(`${i}.yaml`, Buffer.from(text ?? ''), DEFAULT_LIMITS).documents,
    );
    const judged = (await engine.judgeMany(shown, 'ci')).flat();
    const on = (id: string) => judged.filter((one) => one.policy_id === id).map(({ verdict }) => verdict);
    expect(shown).toHaveLength(2);
    expect(judged.filter(({ verdict }) => verdict === 'fail' || verdict === 'error')).toEqual([]);
    expect(on('ai-accuracy-declared')).toContain('pass');
    expect(on('agent-actions-approved')).toContain('pass');
  });

  test('judged policy by policy, every document has the verdicts, counts and words that it has when it is judged at once', async () => {
    const parted = await createEngine(bundle, { clock: () => NOW, limits: { partBytes: 1 } });
    for (const layer of ['ci', 'runtime'] as const)
      expect(await parted.judgeMany(documents, layer)).toEqual(await engine.judgeMany(documents, layer));
    await parted.close();
  });

  test('no policy is an error on any example, and the examples hold passes and fails', async () => {
    const layers = ['ci', 'admission', 'runtime', 'pre-commit'] as const;
    const all = (await Promise.all(layers.map((layer) => engine.judgeMany(documents, layer)))).flat(2);
    expect(
      all
        .filter(({ verdict }) => verdict === 'error')
        .map(({ policy_id, message }) => `${policy_id}: ${message}`),
    ).toEqual([]);
    expect(all.some(({ verdict }) => verdict === 'pass')).toBe(true);
    expect(all.some(({ verdict }) => verdict === 'fail')).toBe(true);
  });
});
