import { describe, expect, it } from 'vitest';
import { readFixture, readText } from '../../testing/read-fixture.ts';
import { ingested, tally } from '../../testing/tally.ts';

const text = (...documents: object[]) =>
  readText(
    JSON.stringify(documents.map((one) => ({ filename: 'a.yaml', namespace: 'main', successes: 0, ...one }))),
    'r.json',
  );

describe('Conftest, -o json', () => {
  it('reads failures and warnings; what only warns does not block', async () => {
    const { detected, outcomes, problems } = await readFixture('conftest/conftest_many_vuln.json');
    expect(detected).toMatchObject({ source: { id: 'conftest-json' } });
    // failures 3, warnings 1
    expect([tally(outcomes), problems]).toEqual([{ fail: 3 + 1 }, []]);
    expect(outcomes.filter(({ disposition }) => disposition === 'warned')).toHaveLength(1);
    expect(outcomes[0]).toMatchObject({
      check: 'main',
      rule: 'deny',
      subject: { type: 'document', id: 'many.yaml' },
      file: 'many.yaml',
      message: 'Container server must not use the :latest tag',
    });
    expect(outcomes[0]?.severity).toBeUndefined();
  });

  it('takes no document for passed that has a failure beside its successes', async () => {
    const { outcomes } = await readFixture('conftest/conftest_one_vuln.json');
    expect(tally(outcomes)).toEqual({ fail: 1 });
  });

  it('takes a document with successes only for passed, and one without a rule for not evaluated', async () => {
    const read = await text({ successes: 4 }, { filename: 'b.yaml' });
    expect(read.outcomes.map(({ subject, verdict }) => [subject.id, verdict])).toEqual([
      ['a.yaml', 'pass'],
      ['b.yaml', 'not_evaluated'],
    ]);
    expect(read.facts).toMatchObject({ scanned: 2 });
  });

  it('takes an exception for a suppression', async () => {
    const { outcomes } = await text({
      exceptions: [
        { msg: 'data.main.exception[_][_] == "run_as_root"', metadata: { query: 'data.main.exception' } },
      ],
    });
    expect(tally(outcomes)).toEqual({ not_evaluated: 1, suppressed: 1 });
  });

  it.each([null, 'none', 0, {}])('takes failures that are %j for damage, not for none', async (failures) => {
    const { outcomes, problems } = await text({ successes: 3, failures });
    expect([outcomes, problems.length]).toEqual([[], 1]);
  });

  it('takes an empty report for no pass', async () => {
    const { conftestJson } = await import('./conftest-json.ts');
    expect((await ingested(await readText('[]', 'r.json', conftestJson))).complete).toBe(false);
  });
});
