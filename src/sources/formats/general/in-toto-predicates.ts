import { z } from 'zod';
import type { Verdict } from '../../../record/index.ts';
import { instantOf, verdictBy } from '../../values.ts';

/** What a predicate says about each subject of its statement. */
export interface Claim {
  check: string;
  verdict: Verdict;
  message?: string | undefined;
  time?: string | undefined;
  warned?: boolean;
  details: Record<string, unknown>;
}

/** @returns claims, or why the predicate cannot be understood */
export function claimsOf(predicateType: string, predicate: unknown): Claim[] | string {
  const reader = Object.entries(READERS).find(([prefix]) => predicateType.startsWith(prefix))?.[1];
  if (reader === undefined) return `the predicate type ${predicateType.slice(0, 300)} is not known here`;
  return reader(predicate);
}

const READERS: Readonly<Record<string, (predicate: unknown) => Claim[] | string>> = {
  'https://in-toto.io/attestation/test-result/': tests,
  'https://slsa.dev/verification_summary/': summary,
  'https://slsa.dev/provenance/': provenance,
};

const names = z.array(z.string()).nullish();
const testResult = z.looseObject({
  result: z.string(),
  configuration: z.array(z.looseObject({ name: z.string().nullish(), uri: z.string().nullish() })).nullish(),
  url: z.string().nullish(),
  passedTests: names,
  warnedTests: names,
  failedTests: names,
});
const ofTest = verdictBy({ PASSED: 'pass', WARNED: 'fail', FAILED: 'fail' });

/** @see https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md */
function tests(predicate: unknown): Claim[] | string {
  const parsed = testResult.safeParse(predicate);
  if (!parsed.success) return issueOf(parsed.error);
  const { result, url, configuration, passedTests, warnedTests, failedTests } = parsed.data;
  const failed = failedTests ?? [];
  if (result === 'PASSED' && failed.length > 0)
    return `the result is PASSED, and ${failed.length} tests failed`;
  const used = (configuration ?? []).flatMap(({ name, uri }) => name ?? uri ?? []);
  const details = { ...(url == null ? {} : { url }), ...(used.length === 0 ? {} : { configuration: used }) };
  const one =
    (verdict: Verdict, warned: boolean) =>
    (check: string): Claim => ({ check, verdict, warned, details });
  const list = [
    ...(passedTests ?? []).map(one('pass', false)),
    ...(warnedTests ?? []).map(one('fail', true)),
    ...failed.map(one('fail', false)),
  ];
  // Lists of tests are optional. Where they do not show what the result says, the result speaks for itself.
  const shown = result === 'PASSED' ? list.length > 0 : list.some(({ verdict }) => verdict === 'fail');
  if (shown && ofTest(result) !== 'not_evaluated') return list;
  return [
    ...list,
    {
      check: 'test-result',
      verdict: ofTest(result),
      warned: result === 'WARNED',
      details: { ...details, result },
    },
  ];
}

const verification = z.looseObject({
  verifier: z.looseObject({ id: z.string() }),
  timeVerified: z.string().nullish(),
  resourceUri: z.string(),
  policy: z.looseObject({ uri: z.string().nullish(), digest: z.record(z.string(), z.string()).nullish() }),
  verificationResult: z.string(),
  verifiedLevels: names,
});
const ofSummary = verdictBy({ PASSED: 'pass', FAILED: 'fail' });

/** @see https://slsa.dev/spec/v1.1/verification_summary */
function summary(predicate: unknown): Claim[] | string {
  const parsed = verification.safeParse(predicate);
  if (!parsed.success) return issueOf(parsed.error);
  const { verifier, timeVerified, resourceUri, policy, verificationResult, verifiedLevels } = parsed.data;
  return [
    {
      check: policy.uri ?? 'verification-summary',
      verdict: ofSummary(verificationResult),
      time: instantOf(timeVerified),
      details: {
        verifier: verifier.id,
        resource: resourceUri,
        result: verificationResult,
        ...(verifiedLevels == null ? {} : { levels: verifiedLevels }),
        ...(policy.digest == null ? {} : { policy_digest: policy.digest }),
      },
    },
  ];
}

const built = z.looseObject({
  buildDefinition: z.looseObject({ buildType: z.string() }).nullish(),
  runDetails: z
    .looseObject({
      builder: z.looseObject({ id: z.string() }),
      metadata: z
        .looseObject({ invocationId: z.string().nullish(), finishedOn: z.string().nullish() })
        .nullish(),
    })
    .nullish(),
  // Version 0.2.
  builder: z.looseObject({ id: z.string() }).nullish(),
  buildType: z.string().nullish(),
  metadata: z.looseObject({ buildFinishedOn: z.string().nullish() }).nullish(),
});

/** How something was built: a statement that judges nothing. @see https://slsa.dev/spec/v1.1/provenance */
function provenance(predicate: unknown): Claim[] | string {
  const parsed = built.safeParse(predicate);
  if (!parsed.success) return issueOf(parsed.error);
  const { buildDefinition, runDetails, builder, buildType, metadata } = parsed.data;
  const who = runDetails?.builder.id ?? builder?.id;
  if (who === undefined) return 'predicate.runDetails.builder: names no builder';
  const invocation = runDetails?.metadata?.invocationId;
  return [
    {
      check: 'slsa-provenance',
      verdict: 'not_applicable',
      message: 'says how the subject was built, and judges nothing',
      time: instantOf(runDetails?.metadata?.finishedOn ?? metadata?.buildFinishedOn),
      details: {
        builder: who,
        build_type: buildDefinition?.buildType ?? buildType ?? null,
        ...(invocation == null ? {} : { invocation }),
      },
    },
  ];
}

function issueOf({ issues }: z.ZodError): string {
  const [issue] = issues;
  return `${['predicate', ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? 'does not fit'}`;
}
