/** Who must do something about what was found: tickets in their trackers, overrides that pile up. */
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
