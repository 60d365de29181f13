import type { InputDocument } from '../../../inputs/index.ts';
import type { Override, Policy } from '../../../policy/index.ts';
import type { EvidenceRecord } from '../../../record/index.ts';
import type { RuleText } from '../rule-text.ts';
import type { RunFacts } from '../run-facts.ts';
import type { Outcome } from '../types.ts';

/** What a page that performs decisions again carries. All bytes are gzip in base64. */
export interface PageData {
  schemaVersion: 1;
  /** Of the program that made the page. */
  version: string;
  ledger: { origin: string; size: number; root: string };
  bundles: Record<string, PageBundle>;
  /** Where a decision of the page was made by it. */
  cedar?: PageCedar;
  decisions: PageDecision[];
}

export interface PageBundle {
  revision: string;
  opa_version: string;
  /** Where a decision of the page was made by rules in Rego. */
  rego?: {
    /** `policy.wasm` of the bundle, as OPA made it, and its SHA-256 in hexadecimal. */
    wasm: string;
    wasm_sha256: string;
    /** Base documents, as JSON. */
    data: string;
  };
}

/** Cedar's WebAssembly as its authors published it, with the package's version and its SHA-256 in hexadecimal. */
export interface PageCedar {
  version: string;
  wasm: string;
  wasm_sha256: string;
}

export interface PageDecision {
  index: number;
  record: EvidenceRecord;
  /** The files of its policy. Cedar judges by these texts; of Rego they are what the module was made of. */
  rules: RuleText[];
  /** What the command line found when it made the page. */
  told: Outcome;
  /** Undefined where a page cannot perform it: `why_not` says why. */
  again?: Again;
  why_not?: string;
  /** The stored input, as it lies in the evidence, where it is kept. */
  input?: string;
}

/** All that decides what is said of a subject, beside the record, the rules and the input. */
export interface Again {
  bundle: string;
  /** With all paths that the policies of the bundle redact: what a message says goes by them. */
  policy: Policy;
  /** Those of the policy. */
  overrides: Override[];
  document: Omit<InputDocument, 'value' | 'locate'>;
  /** The value as JSON, gzip in base64, where it does not follow from the stored input by reading that as JSON. */
  value?: string;
  /** What the record of its run says. */
  facts?: RunFacts;
  /** Of the record, whole. */
  details: Readonly<Record<string, unknown>>;
  /** Ends of the bundle's signatures, RFC 3339. */
  expires: string[];
}
