import { expect, test } from 'vitest';
import { judgeExamples } from '../../src/cli/policy/judge-examples.ts';
import { findOpa, lintRepository, readRepository, testRepository } from '../../src/policy/index.ts';

test('the library lints clean and is judged alike by OPA and by its bundle', {
  timeout: 300_000,
}, async () => {
  const opa = await findOpa(process.env);
  const repository = await readRepository('policies', { opa });
  expect(await lintRepository(repository, { opa })).toEqual([]);
  // Those that Kyverno's CLI tests are tested with it in tests/interop.
  const policies = repository.policies.filter(
    ({ style }) => style !== 'kyverno' && style !== 'admission-policy',
  );
  const report = await testRepository({ ...repository, policies }, { opa, judge: judgeExamples });
  expect(report.failures).toEqual([]);
  expect(report.examples.length).toBeGreaterThan(20);
});

test('what the library enforces in CI refuses a commit, too', async () => {
  const { policies } = await readRepository('policies', { opa: await findOpa(process.env) });
  const milder = policies.filter(
    ({ layers }) =>
      layers.ci === 'enforce' && layers['pre-commit'] !== undefined && layers['pre-commit'] !== 'enforce',
  );
  expect(milder.map(({ id }) => id)).toEqual([]);
});
