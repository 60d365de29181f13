import { expect, test } from 'vitest';
import { type DriftEpisode, type DriftReport, driftFigures } from '../drift.ts';
import { unreadableReport } from '../empty.ts';
import { driftSections } from './drift.ts';

const report = unreadableReport(
  { framework: 'soc2', from: '2026-03-01', to: '2026-03-31' },
  'test.example/log',
  '',
);
const episode = (hours: number, as: 'resolved' | 'open' | 'waived'): DriftEpisode => ({
  ...{ finding: `f${hours}`, policy: 'encrypted', subject: 'db', severity: 'high', owner: 'team' },
  ...{ opened: '2026-03-01T00:00:00.000Z', detected: '2026-03-01T00:00:00.000Z', hours, due_hours: null },
  closed: as === 'open' ? null : '2026-03-02T00:00:00.000Z',
  closed_as: as === 'open' ? null : as,
});
function drift(episodes: DriftEpisode[]): DriftReport {
  return { episodes, figures: driftFigures(episodes), incidents: [], weaknesses: [] };
}
function shown(episodes: DriftEpisode[]) {
  const [section] = driftSections(drift(episodes), report);
  const blocks = section?.blocks ?? [];
  const [words] = blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : []));
  const [picture] = blocks.flatMap((block) =>
    block.kind === 'picture' && block.picture.shape === 'drift' ? [block.picture] : [],
  );
  return { words: words ?? '', p50: picture?.p50, p90: picture?.p90 };
}

test('one that was resolved is no median, in words as in the picture', () => {
  const { words, p50, p90 } = shown([episode(2, 'resolved')]);
  expect({ p50, p90 }).toEqual({ p50: null, p90: null });
  expect(words).toMatch(/^1 episode: 0 open at the end of the period, 1 resolved,/);
  expect(words).toContain('the longest took 2 hours');
  expect(words).toContain('fewer than 10');
  expect(words).not.toMatch(/median|nine of ten within|half within/i);
});

test('words and picture say the same, by one definition: what is open counts with its time so far', () => {
  // Ten resolved after 1 to 10 hours; ten open for 100: half of the twenty within 10 hours, nine of ten not.
  const resolved = Array.from({ length: 10 }, (_, at) => episode(at + 1, 'resolved'));
  const some = shown([...resolved, ...Array.from({ length: 10 }, () => episode(100, 'open'))]);
  expect({ p50: some.p50, p90: some.p90 }).toEqual({ p50: 10, p90: null });
  expect(some.words).toContain('half within 10 hours, nine of ten not yet');
  expect(some.words).toContain('counts with the time that it has lasted');
  // All resolved: the ninth of ten.
  const all = shown(resolved);
  expect({ p50: all.p50, p90: all.p90 }).toEqual({ p50: 5, p90: 9 });
  expect(all.words).toContain('half within 5 hours, nine of ten within 9 hours');
});
