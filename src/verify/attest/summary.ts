import { type Digest, formatDigest, formatInstant, type Layer, SEVERITIES } from '../../record/index.ts';
import { openEnvelope } from './dsse.ts';
import type { AttestCrypto, AttestKey } from './keys.ts';
import { refuse } from './refuse.ts';
import { type AttestForm, type ReadEnvelope, readEnvelope } from './sigstore.ts';
import {
  levelOfLayer,
  parseSummary,
  policyUri,
  type Subject,
  type SubjectKind,
  type Summary,
  VERIFIER_ID,
} from './statement.ts';

/** What the reader has in hand, and asks about. */
export interface WantedSubject {
  /** SHA-256, hexadecimal. */
  sha256: string;
  /** What it is the digest of; not given: any. */
  kind?: SubjectKind;
  /** How messages speak of it. */
  what: string;
}

export interface SummaryOptions {
  /** Trusted keys. Without one nothing holds. */
  keys: readonly AttestKey[];
  /** Unix milliseconds. */
  now: number;
  /** Every one of them must be a subject; at least one, because without a subject a signature says nothing about anything. */
  subjects: readonly WantedSubject[];
  /** Layer that must have judged (default: ci). */
  layer?: Layer;
  /** A violation of this severity must have blocked (default: high). */
  failOn?: string;
  /** Policy repository whose bundle must have judged. */
  lineage?: string | undefined;
  bundleDigest?: Digest | undefined;
  /** Oldest bundle that counts: its serial, Unix seconds. */
  serial?: number | undefined;
  /** Most milliseconds since the run. */
  maxAge?: number | undefined;
  resource?: string | undefined;
}

export interface VerifiedSummary extends OpenedSummary {
  /** The subjects that were asked about. */
  matched: Subject[];
}

type Asked = Omit<SummaryOptions, 'keys'>;

/** What a clock may be behind the one of the gate, in milliseconds. */
const TOLERANCE = 5 * 60_000;

/**
 * Verifies a file with an attestation: form, signature, statement, predicate, and that it speaks of what the reader has, now.
 * Pure: the clock is a parameter.
 * @param bytes attacker-controlled
 * @throws ExhibitError ATTESTATION_INVALID, with the check that failed in `details.check`
 * @see SLSA 1.2, "Verification Summary Attestation", "How to verify"
 */
export function verifySummary(
  bytes: Uint8Array,
  options: SummaryOptions,
  crypto: AttestCrypto,
): VerifiedSummary {
  return verifyRead(readEnvelope(bytes), options, crypto);
}

/** The same of an envelope that was taken apart before. */
export function verifyRead(
  read: ReadEnvelope,
  options: SummaryOptions,
  crypto: AttestCrypto,
): VerifiedSummary {
  return checkSummary(openSummary(read, options.keys, crypto), options);
}

/** A summary that a trusted key signed. Whether it holds now, and for what, is not said yet. */
export interface OpenedSummary extends Summary {
  /** Trusted keys that signed. */
  signers: AttestKey[];
  form: AttestForm;
  /** Digest of the payload. */
  digest: Digest;
  not_looked_at: string[];
}

/**
 * The part of the verification that stays true: signature, statement, predicate. Who asks often about one summary keeps it.
 * @throws ExhibitError ATTESTATION_INVALID
 */
export function openSummary(
  { envelope, form, not_looked_at }: ReadEnvelope,
  keys: readonly AttestKey[],
  crypto: AttestCrypto,
): OpenedSummary {
  const signers = openEnvelope(envelope, keys, crypto);
  const summary = parseSummary(envelope.payload);
  checkVerifier(summary);
  return { ...summary, signers, form, digest: formatDigest(crypto.sha256(envelope.payload)), not_looked_at };
}

/**
 * The part that depends on the reader, the clock and the subject.
 * @throws ExhibitError ATTESTATION_INVALID
 */
export function checkSummary(summary: OpenedSummary, options: Asked): VerifiedSummary {
  checkGate(summary, options);
  checkTimes(summary, options);
  checkBundle(summary, options);
  if (options.resource !== undefined && options.resource !== summary.predicate.resourceUri)
    refuse('resource', `it is for ${summary.predicate.resourceUri}, not for ${options.resource}`);
  return { ...summary, matched: matchSubjects(summary, options) };
}

function checkVerifier({ predicate, extension }: Summary): void {
  if (predicate.verifier.id !== VERIFIER_ID)
    refuse('verifier', `${predicate.verifier.id} verified, and not ${VERIFIER_ID}`);
  // Two places that say the same: a signer who sets them apart is not this program.
  if (predicate.policy.uri !== policyUri(extension.bundle.lineage))
    refuse('predicate', 'its policy and its bundle name two policy repositories');
  if (`sha256:${predicate.policy.digest.sha256}` !== extension.bundle.digest)
    refuse('predicate', 'its policy and its bundle have two digests');
}

function checkGate({ predicate, extension }: Summary, options: Asked): void {
  if (predicate.verificationResult !== 'PASSED')
    refuse('result', `the result is ${predicate.verificationResult}`);
  const level = levelOfLayer(options.layer ?? 'ci');
  if (!predicate.verifiedLevels.includes(level) || extension.layer !== (options.layer ?? 'ci'))
    refuse('level', `it says ${predicate.verifiedLevels.join(', ')}, not ${level}`);
  const wanted = options.failOn ?? 'high';
  if (strictness(extension.fail_on) < strictness(wanted))
    refuse('threshold', `the gate blocked from ${extension.fail_on} on; ${wanted} is asked for`);
}

/** The more severities block, the larger. */
function strictness(failOn: string): number {
  return failOn === 'any' ? SEVERITIES.length : (SEVERITIES as readonly string[]).indexOf(failOn);
}

function checkTimes({ predicate, extension }: Summary, { now, maxAge }: Asked): void {
  const verified = Date.parse(predicate.timeVerified);
  if (now < verified - TOLERANCE)
    refuse('time', `it was made at ${predicate.timeVerified}, and the clock says ${formatInstant(now)}`);
  if (now >= Date.parse(extension.expires))
    refuse('expiry', `it held until ${extension.expires}`, 'Run the gate again.');
  if (maxAge !== undefined && now - verified > maxAge)
    refuse('age', `it was made at ${predicate.timeVerified}, longer ago than is asked for`);
  const over = extension.overrides.find(({ sunset }) => now > Date.parse(sunset));
  if (over !== undefined)
    refuse('override', `it passed by the override ${over.id}, which ended at ${over.sunset}`);
  const { expires } = extension.bundle;
  if (expires !== undefined && now >= Date.parse(expires))
    refuse('bundle', `the signature of the bundle that judged held until ${expires}`);
}

function checkBundle({ extension: { bundle } }: Summary, options: Asked): void {
  const { lineage, bundleDigest, serial } = options;
  if (lineage !== undefined && lineage !== bundle.lineage)
    refuse('lineage', `policies of ${bundle.lineage} judged, not of ${lineage}`);
  if (bundleDigest !== undefined && bundleDigest !== bundle.digest)
    refuse('bundle', `the bundle ${bundle.digest} judged, not ${bundleDigest}`);
  if (serial !== undefined && bundle.serial < serial)
    refuse(
      'serial',
      `the bundle that judged is of ${formatInstant(bundle.serial * 1000)}, older than is asked for (${formatInstant(serial * 1000)})`,
      'Run the gate again with the bundle that is in force.',
    );
}

function matchSubjects({ subjects, extension }: Summary, { subjects: wanted }: Asked): Subject[] {
  if (wanted.length === 0) refuse('subject', 'nothing was named that it should be about');
  const known = Map.groupBy(subjects, ({ digest }) => digest.sha256);
  return wanted.map(({ sha256, kind, what }) => {
    const found = known
      .get(sha256)
      ?.find(({ annotations }) => kind === undefined || annotations.kind === kind);
    if (found !== undefined) return found;
    const left = extension.not_attested.find((one) => one.sha256 === sha256);
    if (left !== undefined) refuse('subject', `it says of ${what} that it is not attested: ${left.why}`);
    return refuse('subject', `it is not about ${what} (sha256:${sha256}), but about ${listed(subjects)}`);
  });
}

function listed(subjects: readonly Subject[]): string {
  const named = subjects.slice(0, 3).map(({ name }) => name);
  return `${named.join(', ')}${subjects.length > 3 ? ` and ${subjects.length - 3} more` : ''}`;
}
