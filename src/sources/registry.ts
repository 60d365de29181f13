import { helmLint } from './formats/general/helm-lint.ts';
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
];
