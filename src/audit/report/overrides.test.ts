import { expect, test } from 'vitest';
import type { QueryAnswer } from '../../lake/index.ts';
import { overridesOf } from './overrides.ts';

const answer = (names: readonly string[], ...rows: readonly (readonly (string | number | null)[])[]) =>
  ({ columns: names.map((name) => ({ name, type: 'VARCHAR' })), rows }) as unknown as QueryAnswer;

const history = (...rows: (readonly [id: string, policy: string, scope: string])[]) =>
  answer(
    ['override_id', 'policy_id', 'details'],
    ...rows.map(([id, policy, scope]) => [id, policy, JSON.stringify({ scope: { subjects: [scope] } })]),
  );
const run = (overrides: object) => [JSON.stringify({ overrides: { orphans: [], ...overrides } })];

test('of what an override would have matched after its sunset, what its renewal waived is told apart', () => {
  const told = overridesOf({
    'overrides-in-force': answer(['override_id']),
    'override-history': history(
      ['OPS-1', 'encrypted', 'db/legacy'],
      ['OPS-1-renewed', 'encrypted', 'db/legacy'],
      // Of the same policy, and of another subject: it renews nothing.
      ['OPS-2', 'encrypted', 'db/other'],
    ),
    'override-notices': answer(
      ['details'],
      run({
        used: [
          { id: 'OPS-1-renewed', waived: 1 },
          { id: 'OPS-2', waived: 5 },
        ],
        expired: [{ id: 'OPS-1', matched: 1 }],
      }),
      run({ used: [{ id: 'OPS-1-renewed', waived: 2 }], expired: [{ id: 'OPS-1', matched: 2 }] }),
      // The renewal is over too: nothing waives the fail.
      run({
        used: [],
        expired: [
          { id: 'OPS-1', matched: 1 },
          { id: 'OPS-1-renewed', matched: 1 },
        ],
      }),
      // A run from before it said what it used.
      run({ expired: [{ id: 'OPS-2', matched: 4 }] }),
    ),
  });
  expect(told.expired_matched).toEqual([
    { override_id: 'OPS-1', matched: 4, waived_by_renewal: 3 },
    { override_id: 'OPS-1-renewed', matched: 1, waived_by_renewal: 0 },
    { override_id: 'OPS-2', matched: 4, waived_by_renewal: 0 },
  ]);
});
