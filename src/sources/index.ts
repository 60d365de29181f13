/** Results of other tools as records. A format is a file in formats/ and a line in registry.ts. */
export { type Detected, detectSource, sourceOf } from './detect.ts';
export { EVENT_LIMITS, type ReadEvent, readForeignEvent, runOfEvent } from './event.ts';
/** OPA's decisions, which also come straight from OPA to the server. */
export {
  aiSystemOf,
  type DecisionEvent,
  parseExact,
  pathName,
  readEvent,
} from './formats/general/opa-event.ts';
export { verdictOf } from './formats/general/opa-verdict.ts';
/** Requests of an audit log of Kubernetes, which also come straight from an API server to the server. */
export type { AuditEvent, AuditTarget } from './formats/kubernetes/audit-event.ts';
export { kubernetesAudit, readRequests } from './formats/kubernetes/kubernetes-audit.ts';
export { LastIds } from './formats/kubernetes/last-ids.ts';
export { ingest } from './records/ingest.ts';
export type { Ingested, IngestOptions } from './records/options.ts';
export { SOURCES } from './registry.ts';
export { withoutSecrets } from './report/keep.ts';
export {
  type Opened,
  openReport,
  openText,
  REPORT_LIMITS,
  type ReportLimits,
  unreadable,
} from './report/open.ts';
export { piecesOf } from './report/pieces.ts';
export type * from './types.ts';
export { holdYoungSpace } from './young-space.ts';
