import { describe, expect, it } from 'vitest';
import { readFixture, readText } from '../../testing/read-fixture.ts';

describe('Checkov, -o json', () => {
  it('reads passes, failures and counts of a report of several frameworks', async () => {
    const { detected, outcomes, problems } = await readFixture('checkov/checkov-report-many-vuln.json');
    expect(detected).toMatchObject({ source: { id: 'checkov-json' }, why: 'it has check_type and results' });
    expect(problems).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(0);
  });

  it('says that nothing was scanned', async () => {
    const { facts, outcomes } = await readFixture('checkov/checkov-report-0-vuln.json');
    expect(outcomes).toEqual([]);
    expect(facts).toMatchObject({ population: 'all' });
  });

  it('names the place of what does not fit', async () => {
    const text = '{"check_type": "terraform", "results": {"failed_checks": [{"check_id": 7}]}}';
    const { problems } = await readText(text, 'report.json');
    expect(problems[0]?.message).toMatch(/^results\.failed_checks\[0\]\.check_id: /);
  });
});
