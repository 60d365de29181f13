import { describe, expect, it } from 'vitest';
import { matchesGlob } from '../../engine/index.ts';
import type { CheckDocument } from '../report/schema.ts';
import { measure, openFails, proposeScope } from './propose.ts';

type Result = CheckDocument['results'][number];

const fail = (id: string): Result => ({
  policy_id: 'box-sealed',
  rule_id: 'box-sealed',
  controls: [],
  subject: { type: 'box', id, name: id },
  verdict: 'fail',
  disposition: 'enforced',
  severity: 'high',
});

const report = (...results: Result[]): CheckDocument => ({ results }) as unknown as CheckDocument;

describe('the scope that a report proposes', () => {
  it('is its fails, each by its id, where no sign of it stands for another text', () => {
    const ids = ['aws_s3_bucket.log["a.b"]', 'what?', '{a,b}', 'back\\slash', '[ab]'];
    const { subjects = [] } = proposeScope(report(), openFails(report(...ids.map(fail)), undefined));
    expect(subjects).toEqual([...ids].sort());
    for (const one of subjects) expect(ids.filter((id) => matchesGlob(one, id))).toEqual([one]);
  });

  it('names the repository of the report, and the environments where each fail states one', () => {
    const shop = (...results: Result[]) => ({ ...report(...results), repository: 'github.com/example/shop' });
    const of = (id: string, environment: string): Result => ({
      ...fail(id),
      subject: { type: 'box', id, name: id, environment },
    });
    const both = shop(of('a', 'staging'), of('b', 'production'));
    const scope = proposeScope(both, openFails(both, undefined));
    expect(scope).toEqual({
      subjects: ['a', 'b'],
      environments: ['production', 'staging'],
      repositories: ['github.com/example/shop'],
    });
    expect(measure(both, 'box-sealed', scope)).toEqual({ fails: 2, others: 0 });
    expect(measure({ ...both, repository: 'github.com/example/other' }, 'box-sealed', scope).fails).toBe(0);
    const one = shop(of('a', 'staging'), fail('b'));
    expect(proposeScope(one, one.results)).toEqual({
      subjects: ['a', 'b'],
      repositories: ['github.com/example/shop'],
    });
  });

  it('is refused where an id holds a star, which would cover other subjects too', () => {
    const fails = openFails(report(fail('a'), fail('queue["*"]')), undefined);
    expect(() => proposeScope(report(), fails)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: expect.stringContaining(JSON.stringify('queue["*"]')),
        hint: expect.stringContaining('--subject'),
      }),
    );
  });
});
