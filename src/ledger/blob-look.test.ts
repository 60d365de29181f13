import { expect, test } from 'vitest';
import { RecentSet } from './blob-look.ts';

test('the last 65,536 members are remembered, and twice as many at most', () => {
  const set = new RecentSet<number>();
  for (let at = 0; at < 300_000; at += 1) {
    set.add(at);
    if (at % 9_973 !== 0) continue;
    for (const back of [0, 1, 1_000, 65_535])
      if (at >= back) expect([at, back, set.has(at - back)]).toEqual([at, back, true]);
    if (at > 131_072) expect([at, set.has(at - 131_073)]).toEqual([at, false]);
  }
});
