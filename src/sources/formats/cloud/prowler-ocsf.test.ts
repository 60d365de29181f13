import { describe, expect, it } from 'vitest';
import { fixtureText, readFixture, readText } from '../../testing/read-fixture.ts';

/** jq '[.[].status_code]|group_by(.)|map([.[0],length])' on each file: [fail, pass, manual]. */
const COUNTS: Record<string, [number, number, number]> = {
  example_output_aws: [2, 0, 3],
  example_output_azure: [3, 0, 0],
  example_output_gcp: [2, 3, 0],
  example_output_kubernetes: [5, 1, 0],
  'django-DefectDojo--prowler--example_output_gcp': [3, 0, 0],
  'django-DefectDojo--prowler--example_output_kubernetes': [4, 0, 0],
  many_vuln: [3, 0, 0],
  many_vuln_after_4_5_0: [3, 0, 0],
};

describe('Prowler, json-ocsf', () => {
  it.each(Object.entries(COUNTS))('reads every finding of %s', async (name, [fail, pass, manual]) => {
    const { detected, outcomes, problems } = await readFixture(`prowler/${name}.ocsf.json`);
    expect(detected).toMatchObject({
      source: { id: 'prowler-ocsf' },
      why: 'its findings have metadata.product.name Prowler and metadata.event_code',
    });
    expect(problems).toEqual([]);
    const of = (verdict: string) => outcomes.filter((each) => each.verdict === verdict).length;
    expect([of('fail'), of('pass'), of('not_evaluated')]).toEqual([fail, pass, manual]);
  });

  it('takes the time in seconds, not the one without a zone', async () => {
    const { outcomes, facts } = await readFixture('prowler/example_output_aws.ocsf.json');
    // date -u -d @1739539623: the file's own time_dt, 14:27:03, is an hour later, in the zone of who ran it.
    expect(outcomes[0]).toMatchObject({
      check: 'accessanalyzer_enabled',
      observed_at: '2025-02-14T13:27:03.000Z',
      severity: 'low',
      subject: { type: 'Other', id: '<resource_uid>', name: '<resource_name>' },
    });
    expect(facts).toMatchObject({ tool_version: '<prowler_version>', started: '2025-02-14T13:27:03.000Z' });
    expect(facts.population).toBeUndefined();
  });

  it('says that passes are listed where one is', async () => {
    expect((await readFixture('prowler/example_output_gcp.ocsf.json')).facts.population).toBe('all');
  });

  it.each(['many_vuln', 'many_vuln_after_4_5_0'])(
    'guesses no zone in the older %s, and keeps what is muted a fail',
    async (name) => {
      const { outcomes, facts } = await readFixture(`prowler/${name}.ocsf.json`);
      expect(facts.started).toBeUndefined();
      expect(outcomes.map(({ observed_at, suppressed }) => [observed_at, suppressed?.kind])).toEqual([
        [undefined, undefined],
        [undefined, undefined],
        [undefined, 'mutelist'],
      ]);
      expect(outcomes[0]?.details).toMatchObject({
        time_without_zone: '2024-06-03T14:15:19.382075',
        account: '123456789012',
      });
    },
  );

  it('names one state of a finding by one id, and tells scans, checks and resources apart', async () => {
    const ids = async (text: string) =>
      (await readText(text, 'a.json')).outcomes.map(({ source_id }) => source_id);
    const text = fixtureText('prowler/example_output_gcp.ocsf.json');
    const first = await ids(text);
    expect(await ids(text)).toEqual(first);
    // jq '[.[]|[.metadata.event_code,.resources[0].uid,.status_code]]|unique|length': the example has one placeholder as the id of all.
    expect(new Set(first).size).toBe(4);
    expect(await ids(text.replaceAll('1739539640', '1739539641'))).not.toContain(first[0]);
  });

  it('takes no word for a pass that it does not know', async () => {
    const text = fixtureText('prowler/example_output_gcp.ocsf.json');
    for (const word of ['PASSED', 'pass', '', 'INFO', 'MUTED']) {
      const { outcomes } = await readText(text.replaceAll('"PASS"', JSON.stringify(word)), 'a.json');
      expect(outcomes.filter(({ verdict }) => verdict === 'pass')).toEqual([]);
      expect(outcomes).toHaveLength(5);
    }
  });

  it('reads what stands before and after a damaged finding', async () => {
    const text = fixtureText('prowler/example_output_gcp.ocsf.json').replace(
      '"event_code": "artifacts_',
      '"event_cod": "artifacts_',
    );
    const { outcomes, problems } = await readText(text, 'a.json');
    expect(outcomes).toHaveLength(4);
    expect(problems).toMatchObject([
      { message: expect.stringMatching(/^metadata\.event_code: /), line: expect.any(Number) },
    ]);
  });

  it('says that a file which ends early is not whole', async () => {
    const text = fixtureText('prowler/example_output_gcp.ocsf.json');
    const { outcomes, problems } = await readText(text.slice(0, text.length - 600), 'a.json');
    expect(outcomes).toHaveLength(4);
    expect(problems).toHaveLength(1);
  });
});
