import { describe, expect, it } from 'vitest';
import { fixtureText, readFixture, readText } from '../../testing/read-fixture.ts';
import { ingested, severities, tally } from '../../testing/tally.ts';
import { trivyCheck } from './trivy-check.ts';

const scan = (...Results: object[]) =>
  readText(JSON.stringify({ SchemaVersion: 2, ArtifactName: '.', Results }), 'r.json');

describe('Trivy, -f json', () => {
  // jq '[.Results[].MisconfSummary|select(.)]|map(.Successes),map(.Failures)' of each
  it.each([
    ['trivy/dockerfile-custom-policies.json.golden', 2, 27],
    ['trivy/helm.json.golden', 18, 81],
    ['trivy/helm_testchart.overridden.json.golden', 8, 213],
    ['trivy/terraform-remote-module.json.golden', 3, 58],
    ['trivy/terraform-exclude-misconfs-remote-module.json.golden', 0, 58],
  ])('reads failures of %s, and says how many passes are only counted', async (name, fail, passes) => {
    const read = await readFixture(name);
    expect(read.detected).toMatchObject({
      source: { id: 'trivy-json' },
      why: 'it has SchemaVersion and ArtifactName',
    });
    expect(tally(read.outcomes)).toEqual(fail === 0 ? {} : { fail });
    expect(read.facts).toMatchObject({
      population: 'failures',
      tool_version: 'dev',
      ended: '2021-08-25T12:20:30.000Z',
    });
    expect(read.facts.note).toContain(`${passes} passes are counted`);
    const { complete, problems } = await ingested(read);
    expect([complete, problems]).toEqual([true, []]);
  });

  it('reads vulnerabilities, misconfigurations and secrets of one scan, and no secret', async () => {
    const { outcomes, problems } = await readFixture('trivy/misconfigurations_and_secrets.json');
    // Vulnerabilities 2, Misconfigurations 1, Secrets 1 + 1.
    expect([tally(outcomes), problems]).toEqual([{ fail: 5 }, []]);
    expect(outcomes.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['CVE-2021-33503', 'DS-0002', 'github-pat']),
    );
    expect(JSON.stringify(outcomes)).not.toContain('GITHUB_PAT=');
  });

  it('reads a cluster as versions before 0.41 wrote it; rows that were taken out of it are missed', async () => {
    const read = await readFixture('trivy/kubernetes.json');
    // Vulnerabilities 5 + 5; misconfigurations 5 + 5 rows, where the summaries count 8 + 8.
    expect(tally(read.outcomes)).toEqual({ fail: 20 });
    expect((await ingested(read)).problems.map(({ message }) => message)).toEqual([
      'the report says 26 fail, and 20 were read',
    ]);
    expect(read.outcomes.at(-1)).toMatchObject({
      subject: { type: 'Deployment', id: 'default/Deployment/redis-leader', name: 'redis-leader' },
    });
  });

  it('reads a cluster of today, with --report all and summary', async () => {
    const cluster = JSON.parse(fixtureText('trivy/kubernetes.json'));
    for (const name of ['Resources', 'Findings']) {
      const now = {
        SchemaVersion: 2,
        ClusterName: 'c',
        [name]: [...cluster.Misconfigurations, { Kind: 'Pod', Name: 'p', Error: 'no such image' }],
      };
      const { outcomes, problems, detected } = await readText(JSON.stringify(now), 'r.json');
      expect(detected.source.id).toBe('trivy-json');
      expect(tally(outcomes)).toEqual({ fail: 10 });
      expect(problems.map(({ message }) => message)).toEqual(['trivy could not scan Pod/p: no such image']);
    }
  });

  it('reads the bare list of 2019', async () => {
    const { outcomes, problems, detected } = await readFixture('trivy/legacy_trivy_mix.json');
    expect(detected.why).toMatch(/^its items have Target/);
    // 1 + 1 + 5 vulnerabilities, of which the first has no id.
    expect(tally(outcomes)).toEqual({ fail: 6 });
    expect(problems).toHaveLength(1);
  });

  it('takes passes, exceptions and findings that were ignored for what they are', async () => {
    const row = (ID: string, Status: string) => ({ ID, Status, Severity: 'UNKNOWN', Title: 't' });
    const read = await scan({
      Target: 'a.yaml',
      Class: 'config',
      Type: 'kubernetes',
      MisconfSummary: { Successes: 1, Failures: 1, Exceptions: 1 },
      Misconfigurations: [
        row('KSV001', 'PASS'),
        row('KSV002', 'FAIL'),
        row('KSV003', 'EXCEPTION'),
        row('KSV004', 'NEW'),
      ],
      ExperimentalModifiedFindings: [
        {
          Type: 'misconfiguration',
          Status: 'ignored',
          Statement: 'later',
          Source: '.trivyignore',
          Finding: row('KSV005', 'FAIL'),
        },
        {
          Type: 'vulnerability',
          Status: 'not_affected',
          Source: 'vex.json',
          Finding: { VulnerabilityID: 'CVE-2020-1', PkgName: 'a' },
        },
      ],
    });
    // PASS 1; FAIL 1 + 2 ignored ones; EXCEPTION and a word that nobody knows: 2 without a verdict; suppressed 1 + 2.
    expect(tally(read.outcomes)).toEqual({ pass: 1, fail: 3, not_evaluated: 2, suppressed: 3 });
    expect(read.facts).toMatchObject({ population: 'all', stated: { pass: 1, fail: 3 } });
    expect(severities(read.outcomes)).toEqual({ none: 6 });
    expect((await ingested(read)).problems).toEqual([]);
    expect(read.outcomes.at(-2)?.suppressed).toEqual({ kind: 'ignored by .trivyignore', reason: 'later' });
  });

  it('reads licences', async () => {
    const { outcomes } = await scan({
      Target: 'OS Packages',
      Class: 'license',
      Licenses: [{ Severity: 'HIGH', Category: 'restricted', PkgName: 'bash', Name: 'GPL-3.0-only' }],
    });
    expect(outcomes[0]).toMatchObject({ check: 'license/GPL-3.0-only', verdict: 'fail', severity: 'high' });
  });

  it('takes a report without results for no pass', async () => {
    const { problems, complete } = await ingested(await scan());
    expect([complete, problems[0]?.message]).toEqual([
      false,
      'the report holds no result: nothing was judged, which is no pass',
    ]);
  });

  it('does not take a control of a compliance report without failures for passed', async () => {
    const { outcomes } = await readText(
      JSON.stringify({
        ID: 'k8s-cis',
        Title: 'CIS',
        SummaryControls: [{ ID: '1.1', TotalFail: 0 }, { ID: '1.2', TotalFail: 3 }, { ID: '1.3' }],
      }),
      'r.json',
    );
    expect(outcomes.map(({ check, verdict }) => [check, verdict])).toEqual([
      ['k8s-cis/1.1', 'not_evaluated'],
      ['k8s-cis/1.2', 'fail'],
      ['k8s-cis/1.3', 'not_evaluated'],
    ]);
  });

  it.each([
    ['KSV017', 'KSV-0017'],
    ['AVD-KSV-0017', 'KSV-0017'],
    ['KSV-0017', 'KSV-0017'],
    ['DS002', 'DS-0002'],
    ['KCV0001', 'KCV-0001'],
    ['AVD-AWS-0107', 'AWS-0107'],
    ['AVD-BAR-0001', 'AVD-BAR-0001'],
    ['CVE-2020-1', 'CVE-2020-1'],
  ])('writes the check %s as %s', (id, check) => {
    expect(trivyCheck(id)).toBe(check);
  });
});
