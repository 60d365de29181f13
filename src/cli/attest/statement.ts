import type { Judged } from '../../engine/index.ts';
import type { InputDocument } from '../../inputs/index.ts';
import type { Bundle } from '../../policy/index.ts';
import {
  DAY_MILLISECONDS,
  ExhibitError,
  formatInstant,
  type Layer,
  type Sha256,
} from '../../record/index.ts';
import {
  EXTENSION,
  type Extension,
  levelOfLayer,
  policyUri,
  SLSA_VERSION,
  STATEMENT_TYPE,
  SUMMARY_TYPE,
  VERIFIER_ID,
} from '../../verify/index.ts';
import type { Attribution } from '../evidence/attribution.ts';
import { VERSION } from '../version.ts';
import { subjectsOf } from './subjects.ts';

/** A run that passed, with all that it read. */
export interface PassedRun {
  judged: Judged;
  documents: readonly InputDocument[];
  bundle: Bundle;
  layer: Layer;
  failOn: Extension['fail_on'];
  counts: Extension['counts'];
  run_id: string;
  /** Unix milliseconds. */
  now: number;
  /** Most days that the summary holds. */
  days: number;
  /** Host and path of the repository that was judged. */
  repository: string | undefined;
  change: Omit<Attribution, 'person'>;
}

/**
 * The in-toto statement of a run that passed, without its signature. Pure.
 * @throws ExhibitError ATTESTATION_REFUSED where there is nothing to say, or it would be over already
 */
export function summaryStatement(sha256: Sha256, run: PassedRun) {
  const { bundle, layer, now, run_id } = run;
  if (bundle.signed_by === undefined) throw refused('nobody signed the bundle');
  const { subjects, objects, not_attested } = subjectsOf(sha256, run.documents, run.judged);
  if (subjects.length === 0) throw refused('no policy said anything about what was read');
  const overrides = usedOverrides(run);
  const expires = endOf(run, overrides);
  if (expires <= now) throw refused('it would hold no more already');
  const extension: Extension = {
    layer,
    run_id,
    fail_on: run.failOn,
    expires: formatInstant(expires),
    bundle: {
      digest: bundle.digest,
      lineage: bundle.lineage,
      revision: bundle.revision,
      serial: bundle.revision_time,
      signed_by: bundle.signed_by,
      ...(bundle.expires === undefined ? {} : { expires: formatInstant(Date.parse(bundle.expires)) }),
    },
    counts: run.counts,
    overrides,
    ...run.change,
    objects,
    not_attested,
  };
  return {
    _type: STATEMENT_TYPE,
    subject: subjects,
    predicateType: SUMMARY_TYPE,
    predicate: {
      verifier: { id: VERIFIER_ID, version: { exhibit: VERSION, opa: bundle.opa_version } },
      timeVerified: formatInstant(now),
      resourceUri: resourceUri(run.repository, run_id),
      policy: {
        uri: policyUri(bundle.lineage),
        digest: { sha256: bundle.digest.slice('sha256:'.length) },
        annotations: { revision: bundle.revision, serial: bundle.revision_time },
      },
      inputAttestations: [],
      verificationResult: 'PASSED' as const,
      verifiedLevels: [levelOfLayer(layer)],
      slsaVersion: SLSA_VERSION,
      [EXTENSION]: extension,
    },
  };
}

/** Where the artefact is expected to come from; a run outside of any repository stands for itself alone. */
export function resourceUri(repository: string | undefined, run_id: string): string {
  return repository === undefined ? `urn:uuid:${run_id}` : `git+https://${encodeURI(repository)}`;
}

function usedOverrides({ judged, bundle }: PassedRun): Extension['overrides'] {
  const used = new Set(
    judged.decisions
      .filter(({ disposition }) => disposition === 'waived')
      .map(({ override_id }) => override_id),
  );
  return bundle.overrides
    .filter(({ id }) => used.has(id))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, policy, digest, sunset }) => ({
      id,
      policy_id: policy,
      digest,
      sunset: formatInstant(Date.parse(sunset)),
    }));
}

/** The days that were asked for, and never beyond what the pass stands on. */
function endOf({ now, days, bundle }: PassedRun, overrides: Extension['overrides']): number {
  return Math.min(
    now + days * DAY_MILLISECONDS,
    ...overrides.map(({ sunset }) => Date.parse(sunset)),
    ...(bundle.expires === undefined ? [] : [Date.parse(bundle.expires)]),
  );
}

export function refused(why: string, hint?: string): ExhibitError {
  return new ExhibitError('ATTESTATION_REFUSED', `no attestation is written: ${why}`, {
    ...(hint === undefined ? {} : { hint }),
  });
}
