import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BridgeRow } from '../bridge.ts';
import { shorten } from './links.ts';

const COLUMNS = ['framework', 'control', 'strength', 'rationale', 'valid_from', 'valid_until'] as const;
const word = fc.constantFrom('a', 'b', 'c', "d'e", 'ö"\\');
const row: fc.Arbitrary<BridgeRow> = fc.record({
  map_digest: word,
  policy_id: word,
  framework: word,
  control: word,
  strength: word,
  rationale: word,
  valid_from: word,
  valid_until: word,
});

test('shortened control maps have the same rows, each as often', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 60 }), fc.subarray([...COLUMNS]), (rows, columns) => {
      const { maps, links, groups } = shorten(rows, columns);
      const long = groups.flatMap((group) =>
        group.policies.flatMap((policy) =>
          group.maps.flatMap((map) =>
            group.links.map((link) => [maps[map - 1], policy, ...(links[link - 1] ?? [])]),
          ),
        ),
      );
      const given = rows.map((one) => [
        one.map_digest,
        one.policy_id,
        ...columns.map((column) => one[column]),
      ]);
      const sorted = (list: unknown[]) => list.map((one) => JSON.stringify(one)).sort();
      expect(sorted(long)).toEqual(sorted(given));
    }),
  );
});
