/** Reports with passes, for formats whose files in testdata have none. */
const row = (ID: string, Status: string) => ({ ID, Status, Severity: 'HIGH', Title: 't', Message: 'm' });
const operator = (checkID: string, success: boolean) => ({
  checkID,
  success,
  severity: 'HIGH',
  messages: ['m'],
});
const location = { filename: '/src/main.tf', start_line: 4, end_line: 5 };
const message = { text: 'm' };

const JUNIT = `<?xml version="1.0"?>
<testsuites tests="4" failures="1">
  <testsuite name="a" tests="3" failures="1" errors="0" skipped="1">
    <testcase classname="c" name="one"><system-out>x</system-out></testcase>
    <testcase classname="c" name="two"><failure message="m" type="t">why</failure></testcase>
    <testcase classname="c" name="three"><skipped/></testcase>
  </testsuite>
  <testsuite name="b" tests="1"><testcase classname="c" name="four" status="run" time="0.1"/></testsuite>
</testsuites>`;

export const SAMPLES: Readonly<Record<string, unknown>> = {
  'trivy.json': {
    SchemaVersion: 2,
    Trivy: { Version: '0.74.0' },
    CreatedAt: '2026-01-02T03:04:05Z',
    ArtifactName: '.',
    Results: [
      {
        Target: 'a.yaml',
        Class: 'config',
        Type: 'kubernetes',
        MisconfSummary: { Successes: 2, Failures: 1 },
        Misconfigurations: [row('KSV-0001', 'PASS'), row('KSV-0002', 'FAIL'), row('KSV-0003', 'PASS')],
        ExperimentalModifiedFindings: [
          { Type: 'misconfiguration', Status: 'ignored', Source: 'x', Finding: row('KSV-0004', 'FAIL') },
        ],
      },
    ],
  },
  'operator.json': {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'aquasecurity.github.io/v1alpha1',
        kind: 'ConfigAuditReport',
        metadata: { name: 'r', namespace: 'n', labels: { 'trivy-operator.resource.kind': 'Pod' } },
        report: {
          checks: [operator('KSV-0001', true), operator('KSV-0002', false)],
          summary: { highCount: 1 },
          updateTimestamp: '2026-01-02T03:04:05Z',
        },
      },
    ],
  },
  'conftest.json': [
    { filename: 'a.yaml', namespace: 'main', successes: 3 },
    {
      filename: 'b.yaml',
      namespace: 'main',
      successes: 1,
      failures: [{ msg: 'no', metadata: { query: 'data.main.deny' } }],
    },
    { filename: 'c.yaml', namespace: 'other', successes: 0 },
  ],
  'terrascan.json': {
    results: {
      violations: null,
      passed_rules: [{ rule_name: 'n', description: 'd', rule_id: 'AC_1', severity: 'HIGH', category: 'c' }],
      skipped_violations: [{ rule_id: 'AC_2', resource_name: 'a', resource_type: 't', comment: 'c' }],
      scan_summary: { 'file/folder': '/src', policies_validated: 2, violated_policies: 0 },
    },
  },
  'tfsec.json': {
    results: [
      { rule_id: 'AVD-AWS-1', long_id: 'aws-a', status: 1, resource: 'aws_a.b', severity: 'HIGH', location },
      { rule_id: 'AVD-AWS-2', long_id: 'aws-b', status: 0, resource: 'aws_a.b', severity: 'LOW', location },
      { rule_id: 'aws-c', passed: true, severity: 'LOW', location },
    ],
  },
  'kube-bench.json': {
    Controls: [
      {
        id: '1',
        version: 'cis-1.8',
        node_type: 'master',
        total_pass: 1,
        total_fail: 1,
        tests: [
          {
            section: '1.1',
            desc: 'd',
            results: [
              { test_number: '1.1.1', test_desc: 'd', status: 'PASS', scored: true, reason: '' },
              { test_number: '1.1.2', test_desc: 'd', status: 'FAIL', scored: true, remediation: 'r' },
              { test_number: '1.1.3', test_desc: 'd', status: 'INFO', type: 'skip' },
            ],
          },
        ],
      },
    ],
    Totals: { total_pass: 1, total_fail: 1 },
  },
  'passes.sarif': {
    version: '2.1.0',
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    runs: [
      {
        tool: {
          driver: {
            name: 'Trivy',
            version: '1',
            rules: [
              {
                id: 'R',
                defaultConfiguration: { level: 'error' },
                properties: { 'security-severity': '8.1' },
              },
            ],
          },
        },
        originalUriBaseIds: { SRC: { uri: 'src/', uriBaseId: 'ROOT' }, ROOT: { uri: 'file:///home/me/' } },
        invocations: [{ executionSuccessful: true, endTimeUtc: '2026-01-02T03:04:05Z' }],
        artifacts: [{ location: { uri: 'a.tf' } }],
        results: [
          {
            ruleId: 'R',
            ruleIndex: 0,
            kind: 'pass',
            message,
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: 'a.tf', uriBaseId: 'SRC' },
                  region: { startLine: 1 },
                },
              },
            ],
          },
          {
            ruleId: 'R',
            level: 'error',
            message,
            suppressions: [{ kind: 'external', status: 'accepted', justification: 'j' }],
          },
          { ruleId: 'R', kind: 'pass', message, suppressions: [{ kind: 'inSource' }], baselineState: 'new' },
          {
            ruleId: 'R',
            kind: 'review',
            message,
            locations: [{ logicalLocations: [{ fullyQualifiedName: 'x.y' }] }],
          },
        ],
      },
      {
        tool: { driver: { name: 'conftest' } },
        results: [{ ruleId: 'main/success', level: 'none', message }],
      },
    ],
  },
};
const HELM = `==> Linting good
[INFO] Chart.yaml: icon is recommended

==> Linting bad
[INFO] Chart.yaml: icon is recommended
[ERROR] templates/: the template fails

`;
export const TEXTS: Readonly<Record<string, string>> = { 'junit.xml': JUNIT, 'helm.txt': HELM };
