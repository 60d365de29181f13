import { describe, expect, it } from 'vitest';
import { hasFixture, readFixture, readText } from '../../testing/read-fixture.ts';
import { ingested, tally } from '../../testing/tally.ts';

const CHECK = {
  check_id: 'CKV_AWS_20',
  check_name: 'name',
  check_result: { result: 'PASSED' },
  repo_file_path: '/main.tf',
  file_line_range: [3, 9],
  resource: 'aws_s3_bucket.a',
};
const text = (results: object, rest: object = {}) =>
  readText(
    JSON.stringify({ check_type: 'terraform', results: { failed_checks: [], ...results }, ...rest }),
    'r.json',
  );

describe('Checkov, -o json', () => {
  it('reads a report that lists less than its summary counts, and says so', async () => {
    const read = await readFixture('checkov/checkov-report-many-vuln.json');
    expect(read.detected).toMatchObject({
      source: { id: 'checkov-json' },
      why: 'it has check_type and results',
    });
    // jq '.results.failed_checks|length': 3; '.summary.failed': 2. The file was made by hand.
    expect(tally(read.outcomes)).toEqual({ fail: 3 });
    expect((await ingested(read)).problems.map(({ message }) => message)).toEqual([
      'the report says 2 fail, and 3 were read',
    ]);
  });

  it('reads one finding of version 1', async () => {
    const { outcomes, problems } = await readFixture('checkov/checkov-report-1-vuln.json');
    expect([tally(outcomes), problems]).toEqual([{ fail: 1 }, []]);
  });

  it('reads passes, failures, skipped checks and files that were not parsed of version 3', async () => {
    const read = await readFixture('checkov/checkov_synthetic.json');
    // passed_checks 1, failed_checks 1, skipped_checks 1 (which is suppressed), parsing_errors 1.
    expect(tally(read.outcomes)).toEqual({ pass: 1, fail: 1, not_evaluated: 1, suppressed: 1 });
    expect(read.problems).toHaveLength(1);
    expect(read.facts).toMatchObject({ tool_version: '3.2.506', population: 'all', scanned: 3 });
    const failed = read.outcomes.find(({ verdict }) => verdict === 'fail');
    expect(failed).toMatchObject({
      check: 'CKV_AWS_150',
      subject: { type: 'terraform', id: 'module.alb.aws_lb.main' },
      severity: 'high',
      file: 'alb/main.tf',
      line: 1,
    });
  });

  it.skipIf(!hasFixture('checkov/checkov_json.json'))(
    'reads a whole plan, which lies outside of the checkout',
    async () => {
      const read = await readFixture('checkov/checkov_json.json');
      // jq '.summary': passed 69, failed 55, resource_count 57; every severity is null.
      expect(tally(read.outcomes)).toEqual({ pass: 69, fail: 55 });
      expect(read.outcomes.every(({ severity }) => severity === undefined)).toBe(true);
      const { complete, decisions } = await ingested(read);
      expect({ complete, decisions }).toEqual({ complete: true, decisions: 69 + 55 });
    },
  );

  it.each(['checkov/checkov-report-0-vuln.json', 'checkov/checkov2-report-0-vuln.json'])(
    'takes %s, a scan of nothing, for no pass',
    async (name) => {
      const read = await readFixture(name);
      expect([read.outcomes, read.facts.scanned]).toEqual([[], 0]);
      const { complete, problems } = await ingested(read);
      expect(complete).toBe(false);
      expect(problems[0]?.message).toMatch(/nothing was judged/);
    },
  );

  it('reads several frameworks, and --quiet as failures only', async () => {
    const one = {
      check_type: 'terraform',
      results: { failed_checks: [{ ...CHECK, check_result: { result: 'FAILED' } }] },
      summary: { passed: 9, failed: 1, skipped: 2, parsing_errors: 1 },
    };
    const read = await readText(JSON.stringify([one, { ...one, check_type: 'dockerfile' }]), 'r.json');
    expect(tally(read.outcomes)).toEqual({ fail: 2 });
    expect(read.facts).toMatchObject({ population: 'failures', stated: { fail: 1 } });
    expect(read.problems.map(({ message }) => message)).toEqual([
      'checkov could not parse 1 file and the report does not name it',
      'checkov could not parse 1 file and the report does not name it',
    ]);
    expect((await ingested(read)).problems).toHaveLength(2);
  });

  it('takes no word for a pass that does not stand in the list of passes', async () => {
    const { outcomes, problems } = await text({ failed_checks: [CHECK] });
    expect([tally(outcomes), problems.length]).toEqual([{ not_evaluated: 1 }, 1]);
  });

  it('names the place of what does not fit, and reads what stands beside it', async () => {
    const { problems, outcomes } = await text({ passed_checks: [{ check_id: 7 }, CHECK] });
    expect(problems[0]?.message).toMatch(/^results\.passed_checks\[0\]\.check_id: /);
    expect(tally(outcomes)).toEqual({ pass: 1 });
  });

  it('does not name a secret by its hash', async () => {
    const secret = {
      ...CHECK,
      check_result: { result: 'FAILED' },
      resource: '25910f981e85ca04baf359199dd0bd4a3ae738b6',
    };
    const { outcomes } = await readText(
      JSON.stringify({ check_type: 'secrets', results: { failed_checks: [secret] } }),
      'r.json',
    );
    expect(JSON.stringify(outcomes)).not.toContain('25910f98');
    expect(outcomes[0]?.subject.id).toBe('main.tf:3');
  });
});
