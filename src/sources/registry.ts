import { asff } from './formats/cloud/asff.ts';
import { awsConfigCompliance } from './formats/cloud/aws-config-compliance.ts';
import { azurePolicy } from './formats/cloud/azure-policy.ts';
import { cloudCustodian } from './formats/cloud/cloud-custodian.ts';
import { cloudtrailDenial } from './formats/cloud/cloudtrail-denial.ts';
import { defender } from './formats/cloud/defender.ts';
import { gcpOrgpolicy } from './formats/cloud/gcp-orgpolicy.ts';
import { gcpPolicyViolation } from './formats/cloud/gcp-policy-violation.ts';
import { gcpScc } from './formats/cloud/gcp-scc.ts';
import { guardduty } from './formats/cloud/guardduty.ts';
import { prismaCloud } from './formats/cloud/prisma-cloud.ts';
import { prismaCompute } from './formats/cloud/prisma-compute.ts';
import { prowlerCsv } from './formats/cloud/prowler-csv.ts';
import { prowlerOcsf } from './formats/cloud/prowler-ocsf.ts';
import { wiz } from './formats/cloud/wiz.ts';
import { wizCli } from './formats/cloud/wiz-cli.ts';
import { cedarDecisions } from './formats/general/cedar-decisions.ts';
import { envoyExtAuthz } from './formats/general/envoy-ext-authz.ts';
import { gemara } from './formats/general/gemara.ts';
import { helmLint } from './formats/general/helm-lint.ts';
import { inToto } from './formats/general/in-toto.ts';
import { junitXml } from './formats/general/junit-xml.ts';
import { logExport } from './formats/general/log-export.ts';
import { ocsf } from './formats/general/ocsf.ts';
import { opaDecisionLog } from './formats/general/opa-decision-log.ts';
import { oscalAssessmentResults } from './formats/general/oscal-assessment-results.ts';
import { sarif } from './formats/general/sarif.ts';
import { verifiedPermissions } from './formats/general/verified-permissions.ts';
import { falco } from './formats/kubernetes/falco.ts';
import { gatekeeperConstraint } from './formats/kubernetes/gatekeeper-constraint.ts';
import { gatekeeperEvents } from './formats/kubernetes/gatekeeper-events.ts';
import { gatekeeperExport } from './formats/kubernetes/gatekeeper-export.ts';
import { gatekeeperLog } from './formats/kubernetes/gatekeeper-log.ts';
import { gatorJson } from './formats/kubernetes/gator-json.ts';
import { kubernetesAudit } from './formats/kubernetes/kubernetes-audit.ts';
import { kyvernoCliJson } from './formats/kubernetes/kyverno-cli-json.ts';
import { kyvernoEphemeral } from './formats/kubernetes/kyverno-ephemeral.ts';
import { openReports } from './formats/kubernetes/open-reports.ts';
import { policyReport } from './formats/kubernetes/policy-report.ts';
import { vapAudit } from './formats/kubernetes/vap-audit.ts';
import { checkovJson } from './formats/scanners/checkov-json.ts';
import { conftestJson } from './formats/scanners/conftest-json.ts';
import { kicsJson } from './formats/scanners/kics-json.ts';
import { kubeBenchJson } from './formats/scanners/kube-bench-json.ts';
import { kubescapeJson } from './formats/scanners/kubescape-json.ts';
import { terrascanJson } from './formats/scanners/terrascan-json.ts';
import { tfsecJson } from './formats/scanners/tfsec-json.ts';
import { trivyJson } from './formats/scanners/trivy-json.ts';
import { trivyOperator } from './formats/scanners/trivy-operator.ts';
import type { Source } from './types.ts';

/** Every format: the particular ones stand before the general ones, since the first that takes a report reads it. */
export const SOURCES: readonly Source[] = [
  checkovJson,
  trivyJson,
  trivyOperator,
  conftestJson,
  kicsJson,
  terrascanJson,
  tfsecJson,
  kubescapeJson,
  kubeBenchJson,
  helmLint,
  kyvernoCliJson,
  kyvernoEphemeral,
  policyReport,
  openReports,
  gatekeeperConstraint,
  gatekeeperEvents,
  gatekeeperExport,
  gatekeeperLog,
  gatorJson,
  kubernetesAudit,
  vapAudit,
  falco,
  envoyExtAuthz,
  opaDecisionLog,
  verifiedPermissions,
  cedarDecisions,
  inToto,
  gemara,
  oscalAssessmentResults,
  prowlerOcsf,
  prowlerCsv,
  guardduty,
  asff,
  awsConfigCompliance,
  azurePolicy,
  defender,
  gcpScc,
  gcpPolicyViolation,
  gcpOrgpolicy,
  cloudtrailDenial,
  wiz,
  wizCli,
  prismaCloud,
  prismaCompute,
  logExport(() => SOURCES),
  ocsf,
  sarif,
  junitXml,
  cloudCustodian,
];
