import { cedarDecisions } from './formats/general/cedar-decisions.ts';
import { envoyExtAuthz } from './formats/general/envoy-ext-authz.ts';
import { gemara } from './formats/general/gemara.ts';
import { helmLint } from './formats/general/helm-lint.ts';
import { inToto } from './formats/general/in-toto.ts';
import { opaDecisionLog } from './formats/general/opa-decision-log.ts';
import { oscalAssessmentResults } from './formats/general/oscal-assessment-results.ts';
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
import type { Source } from './types.ts';

/** Every format: the particular ones stand before the general ones, since the first that takes a report reads it. */
export const SOURCES: readonly Source[] = [
  checkovJson,
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
];
