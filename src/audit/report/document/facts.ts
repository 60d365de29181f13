import type { EngagementLine, OpenFinding } from '../../views/types.ts';
import type { Applicability } from '../applicability.ts';
import type { DriftReport } from '../drift.ts';
import type { AuditReport } from '../schema.ts';
import type { Readers } from './methodology.ts';

/** What a document is made from: the report, and what else was read for it. */
export interface DocumentFacts {
  report: AuditReport;
  /** Id of the one control, such as `cc6.1`; all of them where it is not given. */
  control?: string;
  drift?: DriftReport;
  /** What a verification of the whole log came to stands beside the document, and may be newer than the report: the document says nothing of it. */
  verification_apart?: boolean;
  applicability?: Applicability;
  readers?: Readers;
  /** Most open overrides that the organisation allows: the line in their picture. */
  most_overrides?: number;
  /** Findings that are open now; not read where it is not given. */
  findings?: readonly OpenFinding[];
  /** Whose the engineer's view shows first. */
  owner?: string;
  /** How to mend what failed, as the rule said, by the record's id. */
  fixes?: ReadonlyMap<string, string>;
  engagements?: readonly EngagementLine[];
  /** Why they were not read. */
  engagements_problem?: string;
}
