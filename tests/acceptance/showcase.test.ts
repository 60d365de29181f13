import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Judgement } from '../../src/engine/index.ts';
import { readInputs } from '../../src/inputs/index.ts';
import { type Bundle, loadBundle } from '../../src/policy/index.ts';
import type { Layer } from '../../src/record/index.ts';
import { exhibit, ROOT, temporary, type Workshop, workshop } from './workshop.ts';

const POLICY = 'db-encrypted-at-rest';
const example = (name: string) => join(ROOT, 'policies', 'policies', 'data', POLICY, 'examples', name);

interface Result {
  policy_id: string;
  verdict: string;
  disposition: string;
}

/** "Databases are encrypted at rest", written once: one bundle, one verdict, whoever asks. */
describe('one rule at five layers', () => {
  let shop: Workshop;
  let folder: string;
  let bundle: Bundle;
  beforeAll(async () => {
    shop = workshop();
    folder = join(temporary('showcase'), 'evidence');
    bundle = await loadBundle(readFileSync(shop.bundle), {
      keys: [{ id: 'bundle', pem: readFileSync(shop.key, 'utf8') }],
    });
    expect(exhibit(['ledger', 'init', folder]).code).toBe(0);
  }, 120_000);

  const check = (file: string, layer: string, ...more: string[]) => {
    const { code, stdout } = exhibit([
      'check',
      example(file),
      ...shop.flags,
      '--layer',
      layer,
      '-o',
      'json',
      ...more,
    ]);
    const { results } = JSON.parse(stdout) as { results: Result[] };
    const own = results.filter(
      ({ policy_id, verdict }) => policy_id === POLICY && verdict !== 'not_applicable',
    );
    return { code, own: own.map(({ verdict, disposition }) => [verdict, disposition]) };
  };

  const judged = async (file: string, layer: Layer): Promise<Judgement[]> => {
    const engine = await createEngine(bundle, { clock: Date.now });
    try {
      const found: Judgement[] = [];
      for await (const { documents } of readInputs([example(file)]))
        for (const list of await engine.judgeMany(documents, layer)) found.push(...list);
      return found.filter(({ policy_id, empty }) => policy_id === POLICY && empty !== true);
    } finally {
      await engine.close();
    }
  };

  it('pre-commit: the source that a developer is about to commit, which is refused', () => {
    const bad = check('bad-source.tf', 'pre-commit', '--evidence', folder);
    expect(bad.code).toBe(1);
    expect(bad.own).toContainEqual(['fail', 'enforced']);
    expect(check('good-source.tf', 'pre-commit').own.map(([verdict]) => verdict)).not.toContain('fail');
  });

  it('ci: the plan, which is blocked', () => {
    const bad = check('bad-plan.json', 'ci', '--evidence', folder);
    expect(bad.code).toBe(1);
    expect(bad.own).toContainEqual(['fail', 'enforced']);
    expect(check('good-plan.json', 'ci', '--evidence', folder).own).toContainEqual(['pass', 'none']);
  });

  it('admission: the request that never saw the pipeline', async () => {
    const verdicts = async (file: string) => (await judged(file, 'admission')).map(({ verdict }) => verdict);
    expect(await verdicts('bad-admission.json')).toContain('fail');
    expect(new Set(await verdicts('good-admission.json'))).toEqual(new Set(['pass']));
  });

  it('runtime: what a cloud says that it runs', async () => {
    const verdicts = async (file: string) => (await judged(file, 'runtime')).map(({ verdict }) => verdict);
    expect(await verdicts('bad-config-snapshot.json')).toContain('fail');
    expect(new Set(await verdicts('good-config-snapshot.json'))).toEqual(new Set(['pass']));
  });

  it('evidence: what was recorded is judged again, and says the same', () => {
    expect(exhibit(['ledger', 'verify', folder]).code).toBe(0);
    const bundleFlags = ['--bundle', shop.repository];
    const { code, stdout } = exhibit([
      'policy',
      'impact',
      '--evidence',
      folder,
      ...bundleFlags,
      '-o',
      'json',
    ]);
    const { verdicts, inputs } = JSON.parse(stdout) as {
      verdicts: { same: number; different: number };
      inputs: { judged: number; not_stored: number };
    };
    expect({ code, different: verdicts.different, ...inputs }).toEqual({
      code: 0,
      different: 0,
      judged: 3,
      not_stored: 0,
    });
    expect(verdicts.same).toBeGreaterThan(2);
  });
});
