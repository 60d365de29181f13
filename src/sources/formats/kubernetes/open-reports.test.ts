import { describe, expect, it } from 'vitest';
import { controlIds } from '../../testing/control-ids.ts';
import { cutOff } from '../../testing/damage.ts';
import { fixtureText, readFixture } from '../../testing/read-fixture.ts';
import { openReports } from './open-reports.ts';

describe('OpenReports', () => {
  // Counted by hand: yq '(.items // [.])[].results[].result'; a warn is a fail by the API's definition.
  it.each([
    ['openreports/openreports_list_format.json', 0, 3, []],
    ['openreports/openreports_single_report.json', 0, 3, []],
    // The samples of the project list a part of what their summaries count.
    ['openreports/sample-co.yaml', 0, 2, ['the summary says 8 pass, and 0 are listed']],
    [
      'openreports/sample-rhacm-policy.yaml',
      0,
      1,
      ['the summary says 1 pass, and 0 are listed', 'the summary says 11 fail, and 1 are listed'],
    ],
    ['openreports/sample-v1beta2-kyverno.yaml', 1, 0, []],
  ])('%s: %i pass, %i fail', async (name, pass, fail, problems) => {
    const read = await readFixture(name);
    expect(read.detected).toMatchObject({
      source: { id: 'open-reports' },
      why: 'it has a report of the group openreports.io',
      also: [],
    });
    expect(read.outcomes.filter(({ verdict }) => verdict === 'pass')).toHaveLength(pass);
    expect(read.outcomes.filter(({ verdict }) => verdict === 'fail')).toHaveLength(fail);
    expect(read.problems.map(({ message }) => message.replace(/^[^:]+: /, ''))).toEqual(problems);
  });

  it('gives scope, time, severity and the id of a result of one state of the report', async () => {
    const { outcomes, facts } = await readFixture('openreports/openreports_list_format.json');
    expect(facts).toMatchObject({ started: '2025-10-27T08:28:32.000Z' });
    expect(outcomes[1]).toMatchObject({
      tool: 'image-scanner',
      check: 'CVE-2025-47907',
      subject: { id: 'Deployment/test/app2', type: 'Deployment' },
      verdict: 'fail',
      severity: 'high',
      source_id: 'f6d3c38b-f36c-4853-a21a-c08955371c64/4269625/0/0',
    });
  });

  it('names the policies of Kyverno as the control map does', async () => {
    const { outcomes } = await readFixture('openreports/sample-v1beta2-kyverno.yaml');
    expect(outcomes[0]).toMatchObject({
      observed_at: '2023-03-23T10:04:54.000Z',
      rule: 'adding-capabilities',
    });
    expect(controlIds('kyverno')).toContain(`${outcomes[0]?.tool}/${outcomes[0]?.check}`);
  });

  it('tells what was cut off', async () => {
    const text = fixtureText('openreports/openreports_list_format.json');
    expect(await cutOff(text, 'r.json', openReports)).toBe(19);
  });
});
