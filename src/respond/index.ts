/** Who must do something about what was found: findings, deadlines, notices; tickets in their trackers; overrides that pile up. */

export { parseCatalogue, readCatalogue, type Service } from './findings/catalogue.ts';
export {
  DEFAULT_CONFIG,
  type RespondConfig,
  respondSchema,
} from './findings/config.ts';
export { type Deadline, deadline, within as dueWithin } from './findings/due.ts';
export { type Evaluated, evaluateFindings, type Finding } from './findings/evaluate.ts';
export { findingId } from './findings/key.ts';
export { type ReadFindings, readFindings } from './findings/load.ts';
export { type FindingFigures, type FindingMetrics, findingMetrics } from './findings/metrics.ts';
export type { Article23, Article23Step } from './findings/nis2.ts';
export { type Owner, type OwnerSources, repositoryName } from './findings/owner.ts';
export { type Projection, projectFindings } from './findings/project.ts';
export { type ReadFacts, readFacts } from './findings/read.ts';
export { responseRecord } from './findings/records.ts';
export { RESPOND_FILE, type RespondSettings, respondSettings } from './findings/settings.ts';
export { type Act, type FindingState, isOpen, NIS2_STEPS, type Nis2Step, STATES } from './findings/types.ts';
export { senderOf } from './notify/channels.ts';
export { type Delivered, deliver } from './notify/deliver.ts';
export { withNotifyLock } from './notify/lock.ts';
export { dueNotices, type Notice } from './notify/notices.ts';
export type { Sender } from './notify/sender.ts';
export { refuseWebhook, signWebhook } from './notify/signature.ts';
export {
  type BypassFigures,
  type OverrideEvidence,
  type OverrideMetrics,
  overrideMetrics,
  suspectPolicies,
} from './overrides.ts';
export { policyReport, reportTitle } from './policy-report.ts';
export { checkTicket, trackers } from './trackers/check-ticket.ts';
export type { Reported, TicketAnswer, Tracker } from './trackers/types.ts';
