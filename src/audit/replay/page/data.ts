import type { InputDocument } from '../../../inputs/index.ts';
import type { Mode, Override, RegoPolicy } from '../../../policy/index.ts';
import type { EvidenceRecord } from '../../../record/index.ts';
import type { RuleText } from '../rule-text.ts';
import type { Outcome } from '../types.ts';

/** What a page that performs decisions again carries. All bytes are gzip in base64. */
export interface PageData {
  schemaVersion: 1;
  /** Of the program that made the page. */
  version: string;
  ledger: { origin: string; size: number; root: string };
  bundles: Record<string, PageBundle>;
  decisions: PageDecision[];
}

export interface PageBundle {
  revision: string;
  opa_version: string;
  /** `policy.wasm` of the bundle, as OPA made it, and its SHA-256 in hexadecimal. */
  wasm: string;
  wasm_sha256: string;
  /** Base documents, as JSON. */
  data: string;
}

export interface PageDecision {
  index: number;
  record: EvidenceRecord;
  rules: RuleText[];
  /** What the command line found when it made the page. */
  told: Outcome;
  /** Undefined where a page cannot perform it: `why_not` says why. */
  again?: Again;
  why_not?: string;
  /** The stored input, as it lies in the evidence, where it is kept. */
  input?: string;
}

/** All that decides what is said of a subject, beside the bundle. */
export interface Again {
  bundle: string;
  policy: RegoPolicy;
  rule_id: string;
  subject_id: string;
  document: Omit<InputDocument, 'value' | 'locate'>;
  /** The value as JSON, gzip in base64, where it does not follow from the stored input by reading that as JSON. */
  value?: string;
  mode: Mode;
  overrides: Override[];
  environment?: string;
  repository?: string;
  file?: string;
  /** Since when the bundle had expired: nothing passes by it. */
  stale?: string;
}
