import type { BridgeRow } from '../lake/index.ts';
import type { EvidenceRecord } from '../record/index.ts';

export const EXPORT_FORMATS = ['ocsf', 'oscal', 'gemara', 'sarif', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** What is exported. Days are UTC days of `recorded_at`, both included; those of the log unless given. */
export interface ExportRequest {
  format: ExportFormat;
  from?: string;
  to?: string;
  framework?: string;
  /** Such as `cc6.1`; needs the framework. */
  control?: string;
  /** Not for oscal and gemara: a part of a control's policies says nothing about the control. */
  policy?: string;
  /** ocsf: one JSON array instead of one event a line. */
  array?: boolean;
  /** csv: values as they are, also those that a spreadsheet would run as a formula. */
  raw?: boolean;
  /** What was expected in a period and is not in the log, where no record says so yet. Asked once the days are known. */
  missing?(period: { from: string; to: string }): Promise<readonly Pick<ExportGap, 'message' | 'policy'>[]>;
  /** Version of the program that exports. */
  version: string;
}

export interface ExportGap {
  kind:
    | 'before_log'
    | 'after_log'
    | 'day_not_closed'
    | 'gap_records'
    | 'not_received'
    | 'incomplete_run'
    | 'missing_numbers'
    | 'control_map'
    | 'not_checked';
  message: string;
  count?: number;
  /** Only evidence of this policy is touched. */
  policy?: string;
}

/** How complete the evidence of the period is. Said with every export: where the format has no place for it, beside it. */
export interface ExportCoverage {
  from: string;
  to: string;
  /** The log as it was at the end of the period: the same for every later export of it. */
  ledger: { origin: string; size: number; root: string };
  /** Leaves [from_index, to_index) were read. */
  from_index: number;
  to_index: number;
  /** Records of those in days that are not closed: more may come, and nothing locks what is there. */
  unclosed: { days: string[]; records: number };
  gaps: ExportGap[];
  complete: boolean;
}

/** One decision out of the log, with the controls that its own control map links on the day it was recorded. */
export interface ExportedDecision {
  index: number;
  /** Hash of the leaf, hexadecimal. */
  leaf: string;
  record: EvidenceRecord;
  controls: readonly Pick<BridgeRow, 'framework' | 'control' | 'strength'>[];
}

/** Where an export goes. A promise is awaited before more is made: this is what keeps memory constant. */
export type Write = (text: string) => Promise<void> | undefined;

export interface ExportResult {
  coverage: ExportCoverage;
  /** Decisions that were exported. */
  decisions: number;
}

/** Turns the decisions of a period into one document. */
export type Exporter = (
  decisions: AsyncIterable<ExportedDecision>,
  context: ExportContext,
  write: Write,
) => Promise<void>;

export interface ExportContext {
  request: ExportRequest;
  /** Gaps of the period as far as they are known before its decisions are read. */
  coverage: ExportCoverage;
  /** What the period should have evidence of. */
  expected: readonly ExpectedControl[];
}

/** A control that a framework lists or a control map names, with the policies that support it in the period. */
export interface ExpectedControl {
  framework: string;
  control: string;
  title?: string;
  policies: { policy_id: string; strength: string }[];
}
