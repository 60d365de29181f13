import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BridgeRow, controlsOf } from './bridge.ts';
import { groupControls } from './place.ts';

const row = fc.record({
  map_digest: fc.constantFrom('m1', 'm2'),
  policy_id: fc.constantFrom('p1', 'p2', 'p3', 'p4', 'p5', 'p6'),
  framework: fc.constantFrom('soc2', 'iso27001'),
  control: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  strength: fc.constant('full'),
  rationale: fc.constant(''),
  valid_from: fc.constant('0001-01-01'),
  valid_until: fc.constant('9999-12-31'),
});

test('each control is in one group, and no two controls of a group are supported by the same policy of a map', () => {
  fc.assert(
    fc.property(fc.array(row), (rows: BridgeRow[]) => {
      const controls = controlsOf(rows);
      const groups = groupControls(controls, rows);
      const names = ({ framework, control }: { framework: string; control: string }) =>
        `${framework}/${control}`;
      expect(groups.flat().map(names).sort()).toEqual(controls.map(names));
      for (const group of groups) {
        const members = new Set(group.map(names));
        const pairs = new Map<string, Set<string>>();
        for (const one of rows.filter((each) => members.has(names(each)))) {
          const key = `${one.map_digest} ${one.policy_id}`;
          pairs.set(key, (pairs.get(key) ?? new Set()).add(names(one)));
        }
        expect([...pairs.values()].every((supported) => supported.size === 1)).toBe(true);
      }
    }),
  );
});
