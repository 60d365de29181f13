/** The policy repository and its bundles: metadata, lint, test, build, sign, verify; overrides, frameworks, control map. */
export { type BuildOptions, type BuiltBundle, buildBundle } from './build.ts';
export {
  type Catalogue,
  type CoverageRow,
  controlCoverage,
  listPolicies,
  type PolicyPage,
  type PolicyRow,
  showPolicy,
} from './catalogue.ts';
export { bundleDigest, SIGNATURE_FILE } from './digest.ts';
export { ENTRY_FILE, ENTRY_PACKAGE, entryModule, entrypoints, resultsRule } from './entry.ts';
export { type Example, type ExampleResult, examplesOf, runExamples } from './examples.ts';
export { type Environment, findOpa, OPA_VERSION, opaCache } from './find-opa.ts';
export { reviewInput } from './gatekeeper.ts';
export { digestOf, fileHash } from './hash.ts';
export { type InitOptions, type InitResult, initRepository } from './init.ts';
export { type InstallOptions, installOpa } from './install-opa.ts';
export { generateBundleKey, type VerificationKey } from './keys.ts';
export { lintRepository } from './lint.ts';
export { type LoadOptions, loadBundle, openBundle } from './load.ts';
export { type Overrides, readOverride, readOverrides } from './override.ts';
export { readFiles, readRepository } from './repository.ts';
export { NATIVE_BUILTINS, RUNTIME_BUILTINS } from './runtime-builtins.ts';
export { INPUT_KINDS, MODES, STRENGTHS, STYLES } from './schema.ts';
export { type SignedBundle, signBundle } from './sign.ts';
export { packTar, TAR_LIMITS, type TarLimits, unpackTar } from './tar.ts';
export { type FileCoverage, type RegoTest, type TestReport, testRepository } from './test-repository.ts';
export type * from './types.ts';
