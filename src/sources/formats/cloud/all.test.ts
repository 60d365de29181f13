import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isExhibitError } from '../../../record/index.ts';
import { sourceOf } from '../../detect.ts';
import { ingest } from '../../records/ingest.ts';
import { SOURCES } from '../../registry.ts';
import { openReport } from '../../report/open.ts';
import { eventsOf, linesOf } from '../../testing/detection-rules.ts';
import { fixturePath, fixtureText, readFixture, readText } from '../../testing/read-fixture.ts';

const TESTDATA = fixturePath('');
const filesOf = (folder: string) => readdirSync(join(TESTDATA, folder)).map((name) => `${folder}/${name}`);

/** The formats of this folder and the general ones, and whose fixtures they read. */
const OURS = [
  'prowler-ocsf',
  'prowler-csv',
  'asff',
  'aws-config-compliance',
  'azure-policy',
  'defender',
  'gcp-scc',
  'gcp-policy-violation',
  'gcp-orgpolicy',
  'cloudtrail-denial',
  'wiz',
  'wiz-cli',
  'prisma-cloud',
  'prisma-compute',
  'cloud-custodian',
  'log-export',
  'ocsf',
];
const FOLDERS = [
  'asff',
  'aws-config',
  'cloud-custodian',
  'cloudtrail',
  'defender',
  'gcp-orgpolicy',
  'gcp-scc',
  'prisma-cloud',
  'prowler',
  'securityhub-event',
  'wiz',
];
/** Files of ours that hold no report: an input to a rule, and rules of detections. */
const NO_REPORT = ['aws-config/event-config-rule-instance.json', 'wiz/wiz_issue_alert_passthrough.yml'];
const reports = () => FOLDERS.flatMap(filesOf).filter((name) => !NO_REPORT.includes(name));

/** Reports that only a detection rule holds. */
const EVENTS = [
  ['azure-policy/azure_policy_violation.yml', 'azure-policy'],
  ['gcp-vpcsc/gcp_access_attempts_violating_vpc_service_controls.yml', 'gcp-policy-violation'],
  ['scp-denial/aws_cloudtrail_attempt_to_leave_org.yml', 'cloudtrail-denial'],
  ['wiz/wiz_issue_alert_passthrough.yml', 'wiz'],
] as const;

describe('formats of cloud posture tools', () => {
  it('are all in the registry', () => {
    expect(OURS.filter((id) => !SOURCES.some((source) => source.id === id))).toEqual([]);
  });

  it('take their own reports', async () => {
    for (const name of reports())
      expect([name, OURS.includes((await readFixture(name)).detected.source.id)]).toEqual([name, true]);
  });

  it('take no report of another tool', async () => {
    const others = readdirSync(TESTDATA, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !FOLDERS.includes(entry.name))
      .flatMap(({ name }) => filesOf(name))
      // Trivy's report in AWS's format.
      .filter((name) => name !== 'trivy/alpine-310.asff.golden');
    expect(others.length).toBeGreaterThan(50);
    const taken: string[] = [];
    for (const name of others) {
      const { sample } = await openReport(fixturePath(name), name);
      for (const source of SOURCES.filter(({ id }) => OURS.includes(id)))
        if (source.detect(sample) !== undefined) taken.push(`${name}: ${source.id}`);
    }
    expect(taken).toEqual([]);
  });

  it('do not take each other’s reports, but for OCSF in general', async () => {
    for (const name of reports()) {
      const { detected } = await readFixture(name);
      expect([name, detected.also.map(({ id }) => id).filter((id) => id !== 'ocsf')]).toEqual([name, []]);
    }
  });

  it('spell their checks as the control map does', async () => {
    const mapped = new Set<string>();
    for (const name of ['prowler', 'securityhub', 'aws-config', 'azure-policy', 'gcp-scc']) {
      const file = join(TESTDATA, '..', '..', '..', 'policies', 'controls', `${name}.yaml`);
      const { links } = parse(readFileSync(file, 'utf8')) as {
        links: { policy_ids: string[] }[];
      };
      for (const { policy_ids } of links) for (const id of policy_ids) mapped.add(id);
    }
    const lower = new Map([...mapped].map((id) => [id.toLowerCase(), id]));
    const ids = new Set<string>();
    const add = ({ outcomes, detected }: Awaited<ReturnType<typeof readFixture>>) => {
      for (const { tool, check } of outcomes) ids.add(`${tool ?? detected.source.tool}/${check}`);
    };
    for (const name of reports()) add(await readFixture(name));
    for (const [name, format] of EVENTS)
      add(await readText(linesOf(eventsOf(name)), 'a.json', sourceOf(format)));
    // Whatever is there without regard to case is there as it is spelled.
    expect([...ids].filter((id) => lower.has(id.toLowerCase()) && !mapped.has(id))).toEqual([]);
    const found = (tool: string) =>
      [...ids].filter((id) => id.startsWith(`${tool}/`) && mapped.has(id)).length;
    // Prowler: all 20 checks of the fixtures. Security Hub: IAM.5, Config.1, EC2.2, IAM.8. Azure: the one with an id. SCC: all five, the threat too.
    expect(['prowler', 'securityhub', 'azure-policy', 'gcp-scc'].map(found)).toEqual([20, 4, 1, 5]);
  });

  it('become records, with the counts of what was read', async () => {
    for (const name of reports()) {
      const { detected, outcomes, problems } = await readFixture(name);
      const { report } = await openReport(fixturePath(name), name);
      const batches = ingest(detected.source.read(report), {
        source: detected.source,
        report: name,
        raw_digest: `sha256:${'0'.repeat(64)}`,
        emitter: 'test',
        attribution: {},
        reference: (each) => `person:${each.length}`,
        now: Date.UTC(2026, 0, 1),
        random: (size) => new Uint8Array(size),
      });
      let step = await batches.next();
      const types: (string | undefined)[] = [];
      while (step.done !== true) {
        types.push(...step.value.map(({ record_type }) => record_type));
        step = await batches.next();
      }
      const { counts, problems: said } = step.value;
      const of = (verdict: string) => outcomes.filter((each) => each.verdict === verdict).length;
      expect([name, counts.fail, counts.pass, counts.not_applicable]).toEqual([
        name,
        of('fail'),
        of('pass'),
        of('not_applicable'),
      ]);
      expect(types.filter((type) => type === 'decision').length).toBe(outcomes.length + said.length);
      expect(said.length).toBeGreaterThanOrEqual(problems.length);
    }
  });
});

/** Reads what may be anything: passes, or undefined where it was refused with an error of ours. */
async function passes(text: string | Uint8Array, name: string): Promise<number | undefined> {
  try {
    const { outcomes } = await readText(text, name);
    return outcomes.filter(({ verdict }) => verdict === 'pass').length;
  } catch (error) {
    if (isExhibitError(error)) return undefined;
    throw error;
  }
}

/** Each value within, replaced by something else. */
function* changed(value: unknown, by: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return;
  const list = Array.isArray(value);
  for (const key of Object.keys(value)) {
    const copy: Record<string, unknown> = list ? ([...value] as never) : { ...value };
    copy[key] = by;
    yield copy;
    for (const inner of changed((value as Record<string, unknown>)[key], by)) {
      const outer: Record<string, unknown> = list ? ([...value] as never) : { ...value };
      outer[key] = inner;
      yield outer;
    }
  }
}

describe('damaged reports of cloud posture tools', () => {
  it('that are cut off give no pass that was not there', async () => {
    for (const name of reports()) {
      const bytes = Buffer.from(fixtureText(name));
      const whole = (await passes(bytes, name)) ?? 0;
      for (let place = 1; place <= 20; place += 1) {
        const cut = bytes.subarray(0, Math.floor((bytes.length * place) / 21));
        expect([name, place, ((await passes(cut, name)) ?? 0) <= whole]).toEqual([name, place, true]);
      }
    }
  });

  it('whose values are of another type give no pass that was not there', async () => {
    // One file a format, those with passes among them; each value within the first item, by each of six others.
    const names = [
      'prowler/example_output_gcp.ocsf.json',
      'securityhub-event/afsbp-ec2.2.json',
      'aws-config/config.GetComplianceDetailsByConfigRule_1.json',
      'defender/DefenderTest.test_azure_defender_assessments.json',
      'gcp-scc/network-finding.json',
      'gcp-orgpolicy/post-v1-organizations-870080179722-listOrgPolicies_1.json',
      'wiz/wizcli_iac_one_vul.json',
      'cloud-custodian/resources.json',
    ];
    let tried = 0;
    for (const name of names) {
      const whole = JSON.parse(fixtureText(name)) as unknown;
      const one = Array.isArray(whole) ? whole.slice(0, 1) : whole;
      const before = (await passes(JSON.stringify(one), name)) ?? 0;
      for (const by of [null, 7, -1e308, '', [], {}])
        for (const each of changed(one, by)) {
          tried += 1;
          const after = (await passes(JSON.stringify(each), name)) ?? 0;
          if (after > before) expect(JSON.stringify(each)).toBe('no pass');
        }
    }
    expect(tried).toBeGreaterThan(1_000);
  });

  it('nested ten thousand deep, binary or in another encoding end in an error of ours', async () => {
    const text = fixtureText('prowler/example_output_gcp.ocsf.json');
    // In the last finding: what stands before is read.
    const last = text.lastIndexOf('"unmapped": {') + '"unmapped": {'.length;
    const deep = `${text.slice(0, last)}"x": ${'['.repeat(10_000)}${']'.repeat(10_000)},${text.slice(last)}`;
    const { outcomes, problems } = await readText(deep, 'a.json');
    expect([outcomes.length, problems.length]).toEqual([4, 1]);
    expect(problems[0]?.message).toContain('nested deeper');
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    expect(await passes(utf16, 'a.json')).toBe(3);
    expect(await passes(Buffer.from(text.replace('Prowler', 'Prowler\0')), 'a.json')).toBeUndefined();
    const latin = Buffer.from(`${text.slice(0, last)}"x": "\u00e9",${text.slice(last)}`, 'latin1');
    expect((await readText(latin, 'a.json')).problems.length).toBe(1);
  });
});
