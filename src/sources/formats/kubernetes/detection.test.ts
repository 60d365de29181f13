import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openReport } from '../../report/open.ts';
import { cedarDecisions } from '../general/cedar-decisions.ts';
import { envoyExtAuthz } from '../general/envoy-ext-authz.ts';
import { gemara } from '../general/gemara.ts';
import { inToto } from '../general/in-toto.ts';
import { opaDecisionLog } from '../general/opa-decision-log.ts';
import { oscalAssessmentResults } from '../general/oscal-assessment-results.ts';
import { verifiedPermissions } from '../general/verified-permissions.ts';
import { falco } from './falco.ts';
import { gatekeeperConstraint } from './gatekeeper-constraint.ts';
import { gatekeeperEvents } from './gatekeeper-events.ts';
import { gatekeeperExport } from './gatekeeper-export.ts';
import { gatekeeperLog } from './gatekeeper-log.ts';
import { gatorJson } from './gator-json.ts';
import { kubernetesAudit } from './kubernetes-audit.ts';
import { kyvernoCliJson } from './kyverno-cli-json.ts';
import { kyvernoEphemeral } from './kyverno-ephemeral.ts';
import { openReports } from './open-reports.ts';
import { policyReport } from './policy-report.ts';
import { vapAudit } from './vap-audit.ts';

const OURS = [
  cedarDecisions,
  envoyExtAuthz,
  falco,
  gatekeeperConstraint,
  gatekeeperEvents,
  gatekeeperExport,
  gatekeeperLog,
  gatorJson,
  gemara,
  inToto,
  kubernetesAudit,
  kyvernoCliJson,
  kyvernoEphemeral,
  opaDecisionLog,
  openReports,
  oscalAssessmentResults,
  policyReport,
  vapAudit,
  verifiedPermissions,
];

/** The folders whose files these formats take; each of their files is read in the test of its format. */
const TAKEN: Readonly<Record<string, string>> = {
  'falco/examples.txt': 'falco',
  'gcp-audit/k8s_create_cluster.json': 'kubernetes-audit',
  'kyverno/ephemeral-report.yaml': 'kyverno-ephemeral',
  'policyreport/sample-falco-policy.json': 'oscal-assessment-results',
};
const FOLDERS: Readonly<Record<string, string>> = {
  kyverno: 'policy-report',
  openreports: 'open-reports',
  policyreport: 'policy-report',
};

const TESTDATA = join(import.meta.dirname, '..', '..', 'testdata');
const FILES = readdirSync(TESTDATA, { withFileTypes: true })
  .filter((each) => each.isDirectory())
  .flatMap(({ name }) => readdirSync(join(TESTDATA, name)).map((file) => `${name}/${file}`));

describe('detection among all fixtures', () => {
  it('takes each file of its tools by one format, and none of another tool', async () => {
    const taken: Record<string, string[]> = {};
    for (const file of FILES) {
      const opened = await openReport(join(TESTDATA, file), file).catch(() => undefined);
      if (opened === undefined) continue;
      const takers = OURS.filter((source) => source.detect(opened.sample) !== undefined).map(({ id }) => id);
      if (takers.length > 0) taken[file] = takers;
    }
    const expected = FILES.flatMap((file) => {
      const id = TAKEN[file] ?? FOLDERS[file.split('/')[0] ?? ''];
      return id === undefined ? [] : [[file, [id]]];
    });
    expect(taken).toEqual(Object.fromEntries(expected));
  });

  it('throws at nothing', () => {
    const values = [
      undefined,
      null,
      7,
      'x',
      [],
      {},
      { items: null },
      { kind: 'List', items: [null, 7] },
      { metadata: null },
      { protoPayload: null, properties: null, response: null, input: { attributes: null } },
    ];
    for (const source of OURS)
      for (const first of values)
        expect(source.detect({ name: 'x', shape: 'json', first, head: '' })).toBeUndefined();
  });
});
