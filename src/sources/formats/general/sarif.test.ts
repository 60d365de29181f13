import { describe, expect, it } from 'vitest';
import { hasFixture, readFixture, readText } from '../../testing/read-fixture.ts';
import { ingested, severities, tally } from '../../testing/tally.ts';

const message = { text: 'm' };
const at = (uri: string, rest: object = {}) => [{ physicalLocation: { artifactLocation: { uri, ...rest } } }];
const sarif = (run: object, name = 'Tool') =>
  readText(JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name } }, ...run }] }), 'r.sarif');
const results = (...list: object[]) =>
  sarif({ results: list.map((one) => ({ ruleId: 'R', message, ...one })) });

describe('SARIF', () => {
  it('tells a clean scan from one that did not take place', async () => {
    // The specification's own appendix K.1.
    const clean = await ingested(await readFixture('sarif/appendix_k1.sarif'));
    expect(clean).toMatchObject({ complete: true, decisions: 0 });
    for (const run of [{}, { results: null }]) {
      const { problems, complete } = await ingested(await sarif(run));
      expect([complete, problems[0]?.message]).toEqual([
        false,
        'runs[0] has no results: Tool did not scan, which is no clean scan',
      ]);
    }
    expect((await ingested(await sarif({ results: [] }))).complete).toBe(true);
  });

  it('reads suppressions as suppressed failures', async () => {
    const { outcomes, problems } = await readFixture('sarif/suppression_test.sarif');
    // 5 results: TST0001 to 3 have one suppression, TST0004 none, TST0005 an empty list.
    expect([tally(outcomes), problems]).toEqual([{ fail: 5, suppressed: 3 }, []]);
    expect(outcomes[0]).toMatchObject({
      tool: 'codescanner',
      check: 'TST0001',
      file: '/C:/code/file1.c',
      severity: 'medium',
    });
  });

  it('does not take a suppression that is rejected or under review for one', async () => {
    const { outcomes } = await results(
      { suppressions: [{ kind: 'external', status: 'accepted', justification: 'known' }] },
      { suppressions: [{ kind: 'external', status: 'rejected' }] },
      { suppressions: [{ kind: 'external' }, { kind: 'external', status: 'underReview' }] },
    );
    expect(outcomes.map(({ suppressed }) => suppressed)).toEqual([
      { kind: 'external', reason: 'known' },
      undefined,
      undefined,
    ]);
    expect(outcomes[1]?.details).toMatchObject({ suppressions: ['rejected'] });
  });

  it('reads results without a place', async () => {
    const { outcomes } = await readFixture('sarif/dockle_0_3_15.sarif');
    // level error 1, note 3
    expect(severities(outcomes)).toEqual({ high: 1, low: 3 });
    expect(outcomes[0]?.subject).toEqual({ type: 'scan', id: 'dockle' });
  });

  it.skipIf(!hasFixture('sarif/codeQL-output.sarif'))(
    'takes the level of the rule, from a file outside of the checkout',
    async () => {
      const { outcomes } = await readFixture('sarif/codeQL-output.sarif');
      // 72 results without a level; by ruleIndex their rules have error 11, note 57, warning 4.
      expect(severities(outcomes)).toEqual({ high: 11, low: 57, medium: 4 });
    },
  );

  it.skipIf(!hasFixture('sarif/sarif_input.sarif'))('finds rules by id where no index is given', async () => {
    const { outcomes } = await readFixture('sarif/sarif_input.sarif');
    // level error 35, note 35; 7 without a level and without one in their rule: warning.
    expect(severities(outcomes)).toEqual({ high: 35, low: 35, medium: 7 });
    expect(outcomes[0]).toMatchObject({ tool: 'flawfinder', check: 'FF1014', line: 36, column: 2 });
  });

  it('has a verdict for each kind, and a pass for `pass` only', async () => {
    const kinds = ['fail', 'pass', 'open', 'review', 'notApplicable', 'informational', 'Pass', ''];
    const { outcomes } = await results(
      ...kinds.map((kind) => ({ kind })),
      { level: 'none' },
      { baselineState: 'absent' },
    );
    expect(outcomes.map(({ verdict }) => verdict)).toEqual([
      'fail',
      'pass',
      'not_evaluated',
      'not_evaluated',
      'not_applicable',
      'not_evaluated',
      'not_evaluated',
      'not_evaluated',
      'not_evaluated',
      'not_evaluated',
    ]);
  });

  it('finds rules by index, in extensions too, and takes the score for the severity', async () => {
    const driver = {
      name: 'Snyk Open Source',
      rules: [{ id: 'A', properties: { 'security-severity': '9.8' } }, { id: 'B' }],
    };
    const extensions = [
      {
        name: 'pack',
        rules: [
          {
            id: 'C',
            defaultConfiguration: { level: 'note' },
            messageStrings: { m: { text: '{0} is {{bad}}' } },
          },
        ],
      },
    ];
    const { outcomes, problems } = await sarif({
      tool: { driver, extensions },
      results: [
        { ruleIndex: 0, message },
        { rule: { index: 0, toolComponent: { index: 0 } }, message: { id: 'm', arguments: ['x'] } },
        { ruleId: 'B/1', message },
        { message },
      ],
    });
    expect(outcomes.map(({ check, severity }) => [check, severity])).toEqual([
      ['A', 'critical'],
      ['C', 'low'],
      ['B/1', 'medium'],
    ]);
    expect(outcomes[1]).toMatchObject({ tool: 'snyk-open-source', message: 'x is {bad}' });
    expect(problems.map(({ message }) => message)).toEqual(['runs[0].results[3]: it names no rule']);
  });

  it('says that the tool failed', async () => {
    const { problems } = await sarif({
      results: [],
      invocations: [
        {
          executionSuccessful: false,
          exitCode: 3,
          toolExecutionNotifications: [{ level: 'error', message: { text: 'no parser' } }],
        },
      ],
    });
    expect(problems.map(({ message }) => message)).toEqual([
      'runs[0]: Tool says that it did not run to its end: exit code 3',
      'runs[0].invocations[0]: no parser',
    ]);
  });

  it.each([
    ['a%20b.tf', {}, 'a b.tf'],
    ['./x/a.tf', {}, 'x/a.tf'],
    ['a.tf', { uriBaseId: 'SRC' }, 'src/a.tf'],
    ['file:///home/me/repo/a.tf', {}, 'a.tf'],
    ['file:///etc/passwd', {}, '/etc/passwd'],
    ['../../../etc/passwd', {}, '../../../etc/passwd'],
    ['..%2f..%2fetc/passwd', {}, '../../etc/passwd'],
    ['%E0%A4%A', {}, '%E0%A4%A'],
    ['a.tf', { uriBaseId: 'RING' }, 'r/r/r/r/r/r/r/r/a.tf'],
  ])('shows the place of %s %j as %s', async (uri, rest, file) => {
    const { outcomes } = await sarif({
      originalUriBaseIds: {
        SRC: { uri: 'src/', uriBaseId: 'ROOT' },
        ROOT: { uri: 'file:///home/me/repo/' },
        RING: { uri: 'r/', uriBaseId: 'RING' },
      },
      results: [{ ruleId: 'R', message, locations: at(uri, rest) }],
    });
    expect(outcomes[0]?.file).toBe(file);
  });

  it('has the policy ids of the tool whose SARIF it is', async () => {
    const trivy = await sarif({ results: [{ ruleId: 'AVD-KSV-0017', message }] }, 'Trivy');
    expect(trivy.outcomes[0]).toMatchObject({ tool: 'trivy', check: 'KSV-0017' });
    const conftest = await sarif(
      {
        results: [
          { ruleId: 'main/success', level: 'none', message, locations: at('a') },
          { ruleId: 'main/success', message, locations: at('b') },
          { ruleId: 'main/deny', level: 'error', message, locations: at('c') },
          // What conftest 0.69 writes for a document that only an exception saves.
          { ruleId: 'main/allow', level: 'note', message, locations: at('d') },
          { message, locations: at('d'), level: 'none', ruleId: 'main/success' },
        ],
      },
      'conftest',
    );
    expect(tally(conftest.outcomes)).toEqual({ pass: 1, not_evaluated: 3, fail: 1, suppressed: 1 });
    expect(conftest.outcomes[2]).toMatchObject({ check: 'main', rule: 'deny' });
  });

  it('does not read another version', async () => {
    const { problems, outcomes } = await readText('{"version": "1.0.0", "runs": [{}]}', 'r.sarif');
    expect([outcomes, problems[0]?.message]).toEqual([[], 'SARIF 1.0.0 is not read here, 2.1.0 is']);
  });
});
