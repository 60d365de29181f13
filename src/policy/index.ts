/** The policy repository and its bundles: metadata, lint, test, build, sign, verify; overrides, frameworks, control map. */
export type { BuildOptions, BuiltBundle } from './build.ts';
export {
  type Catalogue,
  listPolicies,
  type PolicyPage,
  type PolicyRow,
  showPolicy,
} from './catalogue.ts';
export { controlLinks, inEffect } from './control-map.ts';
export {
  type CheckLink,
  type ControlCoverage,
  type FrameworkCoverage,
  frameworkCoverage,
  type LayerCoverage,
  type PolicyLink,
} from './coverage.ts';
export { bundleDigest, SIGNATURE_FILE } from './digest.ts';
export { ENTRY_FILE, ENTRY_PACKAGE, entryModule, policyRule, resultsRule } from './entry.ts';
export { type Example, exampleInstant } from './example-answers.ts';
export type { ExampleDocument, ExampleVerdict, JudgeExamples } from './example-verdicts.ts';
export { examplesOf } from './examples.ts';
export { type Environment, findOpa, OPA_RELEASE, OPA_VERSION, opaCache } from './find-opa.ts';
export { reviewInput } from './gatekeeper.ts';
export { digestOf, fileHash } from './hash.ts';
export type { InitOptions, InitResult } from './init.ts';
export { type InstallOptions, installOpa } from './install-opa.ts';
export { readInstant } from './instant.ts';
export { ANSWER, ASKED } from './judge.ts';
export { generateBundleKey, type VerificationKey } from './keys.ts';
export { type LoadOptions, loadBundle, openBundle } from './load.ts';
export { readOverride } from './override.ts';
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
export { type SignedBundle, signBundle } from './sign.ts';
export { type CedarDecider, type CedarRequest, cedarDecider } from './stacks/cedar/decide.ts';
export { cedarSet } from './stacks/cedar/set.ts';
export { CEDAR_VERSION, cedar, withCedar } from './stacks/cedar/wasm.ts';
export { isControlPlanePolicy, isRegoPolicy, regoPolicies } from './styles.ts';
export { packTar, TAR_LIMITS, type TarLimits, unpackTar } from './tar.ts';
export type { FileCoverage, RegoTest, TestReport } from './test-repository.ts';
export type * from './types.ts';
export {
  buildBundle,
  initRepository,
  lintRepository,
  readFiles,
  readRepository,
  testRepository,
} from './workshop.ts';
