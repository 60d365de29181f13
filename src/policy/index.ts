/** The policy repository and its bundles: metadata, lint, test, build, sign, verify; overrides, frameworks, control map. */
export { Answers } from './answers.ts';
export type { Approved, ApproveOptions } from './approval/approve.ts';
export { CODEOWNERS_FILES, type CodeOwner, codeOwners } from './approval/codeowners.ts';
export { isSelfApproved } from './approval/reasons.ts';
export type { BuildOptions, BuiltBundle } from './build.ts';
export { UNREAD } from './bundle-reads.ts';
export type { Environment } from './cache-folder.ts';
export {
  type Catalogue,
  listPolicies,
  type PolicyPage,
  type PolicyRow,
  showPolicy,
} from './catalogue.ts';
export { findCompiler } from './compiler.ts';
export { controlLinks, inEffect } from './control-map.ts';
export {
  type CheckLink,
  type ControlCoverage,
  type FrameworkCoverage,
  frameworkCoverage,
  type LayerCoverage,
  type PolicyLink,
} from './coverage.ts';
export { AREAS, type Area, type Change, EFFECTS, type Effect, type Side } from './diff/types.ts';
export { bundleDigest, SIGNATURE_FILE } from './digest.ts';
export { durationSeconds } from './duration.ts';
export { ENTRY_FILE, ENTRY_PACKAGE, entryModule, policyRule, resultsRule } from './entry.ts';
export { type Example, exampleInstant } from './example-answers.ts';
export type { ExampleDocument, ExampleVerdict, JudgeExamples } from './example-verdicts.ts';
export { examplesOf } from './examples.ts';
export type { Exported, ExportFormat, ExportManifest } from './export/index.ts';
export { EXPORT_FILE } from './export/index.ts';
export type { KyvernoExport } from './export/kyverno.ts';
export { checkIdOf, constraintKindOf, trivyIdOf } from './export/names.ts';
export { OCI_BUNDLE_LAYER, OCI_MANIFEST } from './export/oci-types.ts';
export { askingServer } from './export/rego-closure.ts';
export { findOpa, OPA_RELEASE, OPA_VERSION, opaCache } from './find-opa.ts';
export { reviewInput } from './gatekeeper.ts';
export { digestOf, fileHash, sha256 } from './hash.ts';
export type { InitOptions, InitResult } from './init.ts';
export { type InstallOptions, installOpa } from './install-opa.ts';
export { readInstant } from './instant.ts';
export { ANSWER, ASKED } from './judge.ts';
export { generateBundleKey, type VerificationKey } from './keys.ts';
export { judgesKind } from './kinds.ts';
export {
  isExpired,
  type LastUsed,
  type LoadOptions,
  loadBundle,
  openBundle,
  requireUnexpired,
} from './load.ts';
export { overrideFileSchema, readOverride, readRequest } from './override.ts';
export { readPerson, samePerson } from './person.ts';
export type { Release } from './release/index.ts';
export { HOST_REPLACEMENTS, hostName } from './replacements.ts';
export { NATIVE_BUILTINS, RUNTIME_BUILTINS } from './runtime-builtins.ts';
export {
  INPUT_KINDS,
  isDay,
  LONGEST_DAYS,
  MODES,
  REGO_STYLES,
  STACK_STYLES,
  STRENGTHS,
} from './schema.ts';
export { findPolicy, selectPolicies } from './select.ts';
export { type SignedBundle, signBundle, statedDays } from './sign.ts';
export { type CedarDecider, type CedarRequest, cedarDecider } from './stacks/cedar/decide.ts';
export { cedarSet } from './stacks/cedar/set.ts';
export {
  CEDAR_VERSION,
  type CedarModule,
  cedar,
  cedarCode,
  provideCedar,
  withCedar,
} from './stacks/cedar/wasm.ts';
export { findKyverno, KYVERNO_VERSION, type Kyverno } from './stacks/kyverno/find.ts';
export type { StackTool } from './stacks/stack.ts';
export { isControlPlanePolicy, isRegoPolicy, regoPolicies } from './styles.ts';
export { packTar, TAR_LIMITS, type TarLimits, unpackTar } from './tar.ts';
export type { FileCoverage, RegoTest, TestReport } from './test-repository.ts';
export type * from './types.ts';
export { keepReplacedCode } from './wasm-code.ts';
export {
  approvalBytesOf,
  approveOverride,
  buildBundle,
  checkExportFolder,
  compareVersions,
  exportFormats,
  exportKyverno,
  exportPolicies,
  initRepository,
  lintOverrides,
  lintRepository,
  overrideProblems,
  ownsFile,
  readCommitted,
  readFiles,
  readRepository,
  refusedTicket,
  testRepository,
  ticketReceipt,
  unifiedDiff,
} from './workshop.ts';
